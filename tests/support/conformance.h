#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ensure::tests {

/// Checks one list of a file of conformance data. Both are JSON; `document` is the whole file.
using ListCheck = std::function<void(const std::string& list, const std::string& document)>;

/// Walks all files `units/PREFIX*.json` of the conformance data, which are in the directory that
/// the variable ENSURE_CONFORMANCE names, else in `../shared/conformance` beside the checkout, and
/// hands each list in them to the check of its name.
///
/// Lists whose names end with "contested" are passed over: there the answer is open. A list
/// without a check is a failure, and so is a file that cannot be read. Where there are no data at
/// all, the test says "skipped: no conformance data", which ctest looks for.
void walk_conformance(std::string_view prefix, const std::map<std::string, ListCheck>& checks);

/// The content of a file of `units/` that lists in other files refer to. Throws
/// `std::runtime_error` where there is none.
[[nodiscard]] std::string conformance_document(const std::string& filename);

}  // namespace ensure::tests
