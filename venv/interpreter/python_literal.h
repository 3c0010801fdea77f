#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ensure::venv {

/// `repr` of the Python string that `os.fsdecode` makes of these bytes: bytes that are not UTF-8
/// appear as "\udc80" and so on (PEP 383). Unassigned characters count as printable.
[[nodiscard]] std::string python_repr(std::string_view bytes);

/// The bytes of a string in the form of `repr`; nullopt if it is not such a literal.
[[nodiscard]] std::optional<std::string> parse_python_string(std::string_view literal);

/// A Python literal for the same bytes, such as "b'caf\xc3\xa9'": pure ASCII, on one line.
[[nodiscard]] std::string python_bytes_literal(std::string_view bytes);

/// Writes bytes that are not UTF-8 as "\udc80" and so on, like Python's "backslashreplace".
[[nodiscard]] std::string escape_undecodable(std::string_view bytes);

}  // namespace ensure::venv
