#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

/// The file `pyvenv.cfg`, which makes a directory a virtual environment (PEP 405), read by
/// CPython's rules (Modules/getpath.py, Lib/site.py): each line is "key = value"; the case of a key
/// and blanks around both do not matter; a line without "=" is ignored.
class PyvenvCfg {
 public:
  PyvenvCfg() = default;

  /// Never fails.
  [[nodiscard]] static PyvenvCfg parse(std::string_view text);

  /// The value that Python uses if several lines have the key: the first one of "home", else the
  /// last. `key` is in lower case.
  [[nodiscard]] std::optional<std::string> value(std::string_view key) const;

  /// Adds a line. `value` must not contain a line break.
  void append(std::string key, std::string value);

  /// "include-system-site-packages"; true if there is no such line.
  [[nodiscard]] bool system_site_packages() const;

  /// The version of Python that the environment was made for, such as "3.12.1", without the mark
  /// of a pre-release: "version" of `venv` and ensure, "version_info" of virtualenv and uv.
  [[nodiscard]] std::optional<std::string> version() const;

  /// The text shown before the shell's prompt: a Python literal, but plain text in the files of
  /// some tools.
  [[nodiscard]] std::optional<std::string> prompt() const;

  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace ensure::venv
