#pragma once

#include <string>
#include <vector>

#include "bootstrap/result.h"

namespace ensure::bootstrap {

/// What has become of the packages of one target, a line each by name: " + NAME VERSION" for what
/// was put in, " ~ NAME OLD -> NEW" for another version, " - NAME VERSION" for what was taken out;
/// with the files that every start of Python runs. Safe to print.
[[nodiscard]] std::string change_summary(const TargetReport& target, bool color);

/// That modules were put in that have the name of one of the standard library, each once.
[[nodiscard]] std::vector<std::string> shadow_warnings(const std::vector<TargetReport>& targets);

}  // namespace ensure::bootstrap
