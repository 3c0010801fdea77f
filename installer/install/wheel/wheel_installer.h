#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/target_paths.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/install_wheel.h"
#include "installer/install/wheel/startup_hooks.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// A wheel whose files have been written.
struct InstalledWheel {
  specs::PackageName name;
  specs::Version version;
  std::uint64_t files = 0;  ///< all that its RECORD lists
  std::uint64_t bytes = 0;
  StartupHooks hooks;
};

/// Creates the files of many wheels in one destination, on several threads, beginning with each as
/// soon as it is added: the parts of all wheels wait in one queue, the largest first.
///
/// What is written is staged, so an error leaves nothing that the owner of the staging directory
/// does not remove. All functions may be called by several threads.
class WheelInstaller {
 public:
  /// `layout` and `destination` must outlive this. `threads` write at the same time, that of
  /// `finish` among them: before it is called there is one less.
  WheelInstaller(const specs::Layout& layout, const WheelDestination& destination,
                 std::size_t threads);

  /// Ends the work that is going on; what is queued is not done.
  ~WheelInstaller();
  WheelInstaller(const WheelInstaller&) = delete;
  WheelInstaller& operator=(const WheelInstaller&) = delete;

  /// What the target itself has: no wheel may have a path of it. To be called first.
  void reserve(const TargetPaths& target);

  /// A project that stays as it is: no wheel may have a path that its RECORD lists. `library` is
  /// the directory that it is installed in, as the target's Python sees it. To be called before
  /// `add`.
  void reserve(const Distribution& kept, const fs::path& library);

  /// Checks a wheel and queues its files.
  ///
  /// Throws `Error` before anything of it is written: `kVerification` where it contradicts itself,
  /// or where another project has one of its paths (both are named), or has a file where it needs a
  /// directory; `kFileSystem` where there is no room for it. Throws what stopped the work where
  /// something has. Equal content is refused, too: uninstalling one would break the other. Only an
  /// `__init__.py` of a namespace package may be shared, see `declares_namespace`; any other is
  /// refused while it is written, into the staging directory.
  void add(const std::shared_ptr<const wheel::WheelSource>& source, InstallOptions options);

  /// Waits until all wheels are written, RECORD last for each, and tells about them in the order in
  /// which they were added. Throws the first error. To be called once, after the last `add`.
  [[nodiscard]] std::vector<InstalledWheel> finish();

 private:
  class Work;

  std::unique_ptr<Work> work_;
};

}  // namespace ensure::install
