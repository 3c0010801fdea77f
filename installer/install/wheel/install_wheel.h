#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "installer/install/transaction/file_sharing.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/scripts.h"
#include "installer/specs/metadata/layout.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

struct InstallOptions {
  std::string installer = "ensure";       ///< what INSTALLER says
  bool requested = false;                 ///< by name, not as a dependency (REQUESTED, PEP 376)
  std::optional<std::string> direct_url;  ///< the content of direct_url.json (PEP 610)
  PipCommands pip_commands = PipCommands::kAll;
  Launchers launchers;
  std::size_t threads = 2;  ///< how many may write at the same time
  /// For files that the cache has as such; copies where there is none. Must outlive the work.
  FileSharing* sharing = nullptr;
};

/// Creates the files of a wheel in `destination`, as the PyPA specification "Installing a wheel"
/// says, RECORD last. The same input gives the same bytes.
///
/// Throws `Error` (`kVerification`) where the wheel contradicts itself, and before anything is
/// written where that can be known from its metadata: names that leave the target, two files on
/// one path, a bad entry point.
void install_wheel(const wheel::WheelSource& source, const specs::Layout& layout,
                   const WheelDestination& destination, const InstallOptions& options);

/// The directory of `layout` that receives the files of the wheel itself: its purelib or platlib.
/// Throws `Error` (`kVerification`) where the WHEEL file cannot be read or is of a newer major
/// version.
[[nodiscard]] const std::filesystem::path& library_directory(const wheel::WheelSource& source,
                                                             const specs::Layout& layout);

}  // namespace ensure::install
