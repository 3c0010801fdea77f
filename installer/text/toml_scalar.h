#pragma once

#include <optional>
#include <string_view>

#include "installer/text/toml_value.h"

namespace ensure::text {

/// A boolean, number, date or time as TOML writes it. Returns nullopt for any other word, for a day
/// or time that does not exist, and for an integer of more than 64 bits.
[[nodiscard]] std::optional<TomlValue> parse_toml_scalar(std::string_view word);

}  // namespace ensure::text
