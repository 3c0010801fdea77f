#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/seed.h"
#include "bundled/payload/bundle.h"
#include "installer/base/error.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/marker.h"

/// The output of the program: data on stdout, everything else on stderr.
namespace ensure::bootstrap {

/// Prints what was done, as sentences or as one JSON object.
void report_result(const Result& result, const bundled::Bundle& bundle, const Request& request,
                   std::chrono::nanoseconds elapsed);

/// Prints why a run failed: message, contexts, hints. No other function renders errors.
void report_error(const base::Error& error, Color color, bool json);

/// Prints the text of `--version`: the own version, and the bundled and appended wheels with their
/// digests.
void report_version(const bundled::Bundle& bundle, const std::vector<AppendedWheel>& appended,
                    bool json);

/// Prints a result, or an error, as one JSON object.
void print_json(const Result& result, const bundled::Bundle& bundle,
                std::chrono::nanoseconds elapsed);
void print_json(const base::Error& error);

/// The word for reports: "created".
[[nodiscard]] std::string_view name_of(TargetOutcome outcome);

/// The installed packages without a published digest, each once.
[[nodiscard]] std::vector<std::string> unverified_packages(const Result& result);

/// All warnings of a result: also those about installed modules that have the name of
/// one of the standard library.
[[nodiscard]] std::vector<std::string> warnings_of(const Result& result);

/// The packages of one target that changed, a line each, sorted by name: " + NAME VERSION" for a
/// new one, " ~ NAME OLD -> NEW" for another version, " - NAME VERSION" for a removed one; with the
/// files that Python runs at every start. Safe to print.
[[nodiscard]] std::string change_summary(const TargetReport& target, bool color);

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
