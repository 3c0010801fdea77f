#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Parsers for the values of options. Each throws `Error` (`kUsage`) that names the option.
namespace ensure::bootstrap {

/// A number of seconds with or without a fraction.
[[nodiscard]] std::chrono::milliseconds seconds_value(std::string_view option,
                                                      const std::string& value);

/// Like `seconds_value`, but refuses zero.
[[nodiscard]] std::chrono::milliseconds time_limit_value(std::string_view option,
                                                         const std::string& value);

/// The value of a flag in a variable or a file, as `distutils.util.strtobool` reads it.
[[nodiscard]] bool flag_value(std::string_view option, const std::string& value);

[[nodiscard]] std::size_t count_value(std::string_view option, const std::string& value);

/// Like `count_value`, but refuses zero.
[[nodiscard]] std::size_t positive_count_value(std::string_view option, const std::string& value);

/// The end of a date (in UTC), or a timestamp (RFC 3339), in microseconds since 1970.
[[nodiscard]] std::int64_t time_value(std::string_view option, const std::string& value);

/// The index of `value` in `choices`, which are separated by blanks.
[[nodiscard]] std::size_t choice_value(std::string_view option, const std::string& value,
                                       std::string_view choices);

}  // namespace ensure::bootstrap
