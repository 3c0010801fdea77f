#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/install/installed/distribution.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::install {

/// A project that is installed, with what decides whether it can stay.
struct InstalledProject {
  Distribution distribution;
  std::string direct_url;  ///< the content of direct_url.json (PEP 610); empty where there is none
  bool requested = false;  ///< has a file REQUESTED (PEP 376)
};

/// What was installed in an older form, of which nothing tells the files: `.egg-info`, `.egg-link`.
struct LegacyProject {
  specs::PackageName name;
  std::filesystem::path path;
};

struct InstalledProjects {
  std::vector<InstalledProject> projects;
  std::vector<LegacyProject> legacy;
};

/// Everything in the purelib and platlib directories, which are given as they are on this machine.
[[nodiscard]] InstalledProjects find_installed(const std::filesystem::path& purelib,
                                               const std::filesystem::path& platlib);

/// A wheel that is to be installed in the end.
struct WantedWheel {
  specs::PackageName name;
  specs::Version version;
  std::string direct_url;  ///< the content of direct_url.json where it is from a URL; else empty
  bool anew = false;       ///< even where the same version is installed
};

/// What is to change. The numbers are positions in the list of wanted wheels.
struct ChangePlan {
  struct Upgrade {
    std::size_t wanted;
    std::vector<InstalledProject> replaced;  ///< more than one where an installer was interrupted
  };

  std::vector<std::size_t> install;
  std::vector<Upgrade> upgrade;  ///< to any other version or origin
  std::vector<InstalledProject> keep;
  std::vector<InstalledProject> remove;

  [[nodiscard]] bool empty() const { return install.empty() && upgrade.empty() && remove.empty(); }

  /// All that goes: what is replaced and what is removed.
  [[nodiscard]] std::vector<Distribution> removed() const;
  [[nodiscard]] std::vector<Distribution> kept() const;
};

/// What is done with projects that are not wanted.
struct Unwanted {
  bool remove = false;                       ///< `--sync`
  std::set<specs::PackageName> kept_always;  ///< such as pip
};

/// Compares. Throws `Error` (`kFileSystem`) where a project would have to be replaced or removed
/// that is installed in an older form.
[[nodiscard]] ChangePlan plan_changes(const InstalledProjects& installed,
                                      const std::vector<WantedWheel>& wanted,
                                      const Unwanted& unwanted);

}  // namespace ensure::install
