#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::install {

/// An installed project with the facts that decide whether it can stay.
struct InstalledProject {
  Distribution distribution;
  std::string direct_url;  ///< the content of direct_url.json (PEP 610); may be empty
  bool requested = false;  ///< has a file REQUESTED (PEP 376)
};

/// A project in an older form that does not list its files: `.egg-info`, `.egg-link`.
struct LegacyProject {
  specs::PackageName name;
  base::Path path;
};

struct InstalledProjects {
  std::vector<InstalledProject> projects;
  std::vector<LegacyProject> legacy;
};

/// Finds all projects in the purelib and platlib directories, whose paths are those on this
/// machine.
[[nodiscard]] InstalledProjects find_installed(const base::Path& purelib,
                                               const base::Path& platlib);

/// A wheel that the target shall contain.
struct WantedWheel {
  specs::PackageName name;
  specs::Version version;
  std::string direct_url;  ///< the content of direct_url.json if it is from a URL; otherwise empty
  bool anew = false;       ///< even if the same version is installed
};

/// The planned changes. The numbers are indexes of the list of wanted wheels.
struct ChangePlan {
  struct Upgrade {
    std::size_t wanted;
    std::vector<InstalledProject> replaced;  ///< more than one after an interrupted installation
  };

  std::vector<std::size_t> install;
  std::vector<Upgrade> upgrade;  ///< to any other version or origin
  std::vector<InstalledProject> keep;
  std::vector<InstalledProject> remove;

  [[nodiscard]] bool empty() const { return install.empty() && upgrade.empty() && remove.empty(); }

  /// All distributions that are replaced or removed.
  [[nodiscard]] std::vector<Distribution> removed() const;
  [[nodiscard]] std::vector<Distribution> kept() const;
};

/// The projects that are removed if they are not wanted.
struct Unwanted {
  bool remove = false;                       ///< all (`--sync`)
  std::set<specs::PackageName> kept_always;  ///< such as pip
  std::set<specs::PackageName> named;        ///< removed in any case (`--remove`)
};

/// Compares the two. Throws `Error` (`kFileSystem`) if a project in an older form would have to be
/// replaced or removed.
[[nodiscard]] ChangePlan plan_changes(const InstalledProjects& installed,
                                      const std::vector<WantedWheel>& wanted,
                                      const Unwanted& unwanted);

}  // namespace ensure::install
