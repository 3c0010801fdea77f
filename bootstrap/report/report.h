#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/seed.h"
#include "bundled/payload/bundle.h"
#include "installer/base/error.h"

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

/// The bundled wheels, for JSON output.
[[nodiscard]] nlohmann::ordered_json json_of(const bundled::Bundle& bundle);

/// The packages of one target that changed, a line each, sorted by name: " + NAME VERSION" for a
/// new one, " ~ NAME OLD -> NEW" for another version, " - NAME VERSION" for a removed one; with the
/// files that Python runs at every start. Safe to print.
[[nodiscard]] std::string change_summary(const TargetReport& target, bool color);

/// Warnings about installed modules that have the name of one of the standard library, each once.
[[nodiscard]] std::vector<std::string> shadow_warnings(const std::vector<TargetReport>& targets);

}  // namespace ensure::bootstrap
