#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "installer/install/wheel/wheel_installer.h"
#include "installer/wheel/wheel_archive.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wheel_builder.h"
#include "tree.h"

namespace ensure::install {

using SharedWheel = std::shared_ptr<const wheel::WheelSource>;

[[nodiscard]] SharedWheel open_wheel(const testing::WheelBuilder& builder);

/// A wheel of `name` with these files besides its metadata.
[[nodiscard]] testing::WheelBuilder wheel_of(const std::string& name,
                                             const std::map<std::string, std::string>& files);

/// Whether all files of a distribution have the sizes and digests that its RECORD lists.
[[nodiscard]] bool is_as_recorded(const Distribution& distribution);

/// A target `env` that is made or changed in transactions, as the session does it.
class WheelTarget {
 public:
  [[nodiscard]] const fs::path& directory() const { return directory_.path(); }
  [[nodiscard]] fs::path path() const { return directory_ / "env"; }
  [[nodiscard]] fs::path site() const { return path() / "lib/site-packages"; }
  [[nodiscard]] specs::Layout layout() const;

  /// Everything in the target; empty where there is none.
  [[nodiscard]] Tree tree() const { return read_tree(path()); }
  /// The content of a file in site-packages.
  [[nodiscard]] std::string content(const std::string& name) const;

  /// Installs wheels besides what is there.
  std::vector<StartupHooks> install(const std::vector<SharedWheel>& wheels,
                                    const InstallOptions& options = {}) const;

  /// Makes the target hold these wheels; with `sync` no others.
  void change_to(const std::vector<SharedWheel>& wheels, bool sync = false) const;

 private:
  tests::TempDir directory_;
};

}  // namespace ensure::install
