#pragma once

#include <string>
#include <vector>

#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/marker_environment.h"

namespace ensure::bootstrap {

/// A file that is (or would be) installed, with its metadata for the report.
struct ReportedFile {
  const index::ChosenFile* chosen;
  const resolve::Metadata* metadata;  ///< null if it is not known
  std::string direct_url;             ///< direct_url.json of a file named by path or URL
};

/// pip's installation report, version 1 ("Installation Report Format"), as a JSON text. It has
/// the part of the metadata that resolving needs.
[[nodiscard]] std::string installation_report(const std::vector<ReportedFile>& files,
                                              const specs::MarkerEnvironment& environment,
                                              const std::string& pip_version);

}  // namespace ensure::bootstrap
