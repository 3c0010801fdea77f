#pragma once

#include <string>
#include <vector>

#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/marker_environment.h"

namespace ensure::bootstrap {

/// A file that is (or would be) installed, with what its report tells.
struct ReportedFile {
  const index::ChosenFile* chosen;
  const resolve::Metadata* metadata;  ///< null where it is not known
  std::string direct_url;             ///< where it was asked for by its place: direct_url.json
};

/// pip's installation report, version 1 ("Installation Report Format"), as a JSON text. Of the
/// metadata it has what resolving needs.
[[nodiscard]] std::string installation_report(const std::vector<ReportedFile>& files,
                                              const specs::MarkerEnvironment& environment,
                                              const std::string& pip_version);

}  // namespace ensure::bootstrap
