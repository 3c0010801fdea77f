#pragma once

#include <string>
#include <vector>

#include "bootstrap/result.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/install/installed/change_plan.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/resolve.h"

namespace ensure::bootstrap {

/// What was chosen for one target, and what of it has to change there.
struct PackagePlan {
  std::vector<index::ChosenFile> chosen;     ///< those that are to be installed
  std::vector<install::WantedWheel> wanted;  ///< all projects of the answer
  install::ChangePlan changes;
  std::vector<ConflictReport> conflicts;  ///< those that `--allow-conflicts` lets through
  bool has_pip = false;  ///< the answer brings a pip of its own, so that none is seeded
  std::vector<std::string> warnings;

  [[nodiscard]] std::vector<PackageReport> to_be_installed() const;
  [[nodiscard]] std::vector<PackageReport> kept() const;
  [[nodiscard]] std::vector<PackageReport> removed() const;
};

/// What the user should hear of a choice: pre-releases among what is to be installed that no
/// requirement of the problem names, where they are not allowed anyway, and extras that were asked
/// for of projects that have none such.
[[nodiscard]] std::vector<std::string> choice_warnings(const resolve::Resolution& resolution,
                                                       const std::vector<index::ChosenFile>& chosen,
                                                       const resolve::Problem& problem);

}  // namespace ensure::bootstrap
