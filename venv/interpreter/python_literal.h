#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ensure::venv {

/// `repr` of a Python string of these bytes, as `os.fsdecode` makes one: bytes that are not UTF-8
/// appear as "\udc80" and so on (PEP 383). Characters that no version of Unicode has assigned yet
/// count as printable, which only `repr` of a Python that knows the same version can tell better.
[[nodiscard]] std::string python_repr(std::string_view bytes);

/// The bytes of a string that `repr` has written; none where this is no such literal.
[[nodiscard]] std::optional<std::string> parse_python_string(std::string_view literal);

/// A Python literal for the same bytes, such as "b'caf\xc3\xa9'": pure ASCII, on one line.
[[nodiscard]] std::string python_bytes_literal(std::string_view bytes);

/// The bytes with those that are not UTF-8 written as "\udc80" and so on, as Python's
/// "backslashreplace" writes them.
[[nodiscard]] std::string escape_undecodable(std::string_view bytes);

}  // namespace ensure::venv
