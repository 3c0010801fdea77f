#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/seed.h"
#include "bundled/payload/bundle.h"
#include "installer/base/error.h"

/// Everything the program says: data on stdout, all else on stderr.
namespace ensure::bootstrap {

/// Tells what was done, as sentences or as one JSON object.
void report_result(const Result& result, const bundled::Bundle& bundle, const Request& request,
                   std::chrono::nanoseconds elapsed);

/// Tells why it was not done: message, contexts, hints; the one place where errors are rendered.
void report_error(const base::Error& error, Color color, bool json);

/// The text of `--version`: the own version, and what is bundled and appended, with digests.
void report_version(const bundled::Bundle& bundle, const std::vector<AppendedWheel>& appended,
                    bool json);

}  // namespace ensure::bootstrap
