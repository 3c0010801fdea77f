#pragma once

#include <span>

#include "bootstrap/cli/option_table.h"

namespace ensure::bootstrap {

/// The part of the option table that is about packages of an index, with pip's names.
[[nodiscard]] std::span<const OptionInfo> package_options();

}  // namespace ensure::bootstrap
