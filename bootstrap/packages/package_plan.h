#pragma once

#include <string>
#include <vector>

#include "bootstrap/result.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/install/installed/change_plan.h"

namespace ensure::bootstrap {

/// The packages chosen for one target, and the changes that they need.
struct PackagePlan {
  std::vector<index::ChosenFile> chosen;     ///< the files to install
  std::vector<install::WantedWheel> wanted;  ///< all projects of the solution
  install::ChangePlan changes;
  std::vector<ConflictReport> conflicts;  ///< those that `--allow-conflicts` lets through
  bool has_pip = false;  ///< the solution has a pip, so the bundled one is not installed
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<PackageReport> to_be_installed() const;
};

}  // namespace ensure::bootstrap
