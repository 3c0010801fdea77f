#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "installer/base/path.h"

/// What the values of options mean. All throw `Error` (`kUsage`) that names the option.
namespace ensure::bootstrap {

/// A URL, or a path in place of one: text that is not empty.
[[nodiscard]] std::string address_value(std::string_view option, const std::string& value);

[[nodiscard]] base::Path path_value(std::string_view option, const std::string& value);

/// A number of seconds with or without a fraction.
[[nodiscard]] std::chrono::milliseconds seconds_value(std::string_view option,
                                                      const std::string& value);

/// The same, but more than none.
[[nodiscard]] std::chrono::milliseconds time_limit_value(std::string_view option,
                                                         const std::string& value);

/// Whether an option without a value is set, in the words of `distutils.util.strtobool`.
[[nodiscard]] bool flag_value(std::string_view option, const std::string& value);

[[nodiscard]] std::size_t count_value(std::string_view option, const std::string& value);

/// The same, but one at least.
[[nodiscard]] std::size_t positive_count_value(std::string_view option, const std::string& value);

/// A date, which means its end (in UTC), or a point in time (RFC 3339); in microseconds since 1970.
[[nodiscard]] std::int64_t time_value(std::string_view option, const std::string& value);

/// The place of `value` among `choices`, which are separated by blanks.
[[nodiscard]] std::size_t choice_value(std::string_view option, const std::string& value,
                                       std::string_view choices);

}  // namespace ensure::bootstrap
