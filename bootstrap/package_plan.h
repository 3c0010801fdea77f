#pragma once

#include <string>
#include <vector>

#include "bootstrap/result.h"
#include "installer/index/index_provider.h"
#include "installer/install/change_plan.h"
#include "installer/specs/requirement.h"

namespace ensure::bootstrap {

/// What was chosen for one target, and what of it has to change there.
struct PackagePlan {
  std::vector<index::ChosenFile> chosen;     ///< those that are to be installed
  std::vector<install::WantedWheel> wanted;  ///< all projects of the answer
  install::ChangePlan changes;
  bool has_pip = false;  ///< the answer brings a pip of its own, so that none is seeded

  [[nodiscard]] std::vector<PackageReport> to_be_installed() const;
  [[nodiscard]] std::vector<PackageReport> kept() const;
  [[nodiscard]] std::vector<PackageReport> removed() const;
};

/// That there are pre-releases among what was chosen that no requirement names; empty where there
/// are none.
[[nodiscard]] std::string prerelease_warning(const std::vector<index::ChosenFile>& chosen,
                                             const std::vector<specs::Requirement>& requirements);

}  // namespace ensure::bootstrap
