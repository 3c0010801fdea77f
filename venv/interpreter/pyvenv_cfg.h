#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::venv {

/// The file `pyvenv.cfg`, which makes a folder a virtual environment (PEP 405): lines of
/// "key = value". Keys are read in any letter case, lines without "=" are ignored, as `site` does.
class PyvenvCfg {
 public:
  PyvenvCfg() = default;

  /// Never fails: whoever wrote the file, `site` reads it the same way.
  [[nodiscard]] static PyvenvCfg parse(std::string_view text);

  /// The value that Python uses: of several lines the first for "home", else the last. `key` is in
  /// lower case.
  [[nodiscard]] std::optional<std::string> value(std::string_view key) const;

  /// Adds a line. `value` must not hold a line end.
  void append(std::string key, std::string value);

  /// "include-system-site-packages"; Python takes an absent line for true.
  [[nodiscard]] bool system_site_packages() const;

  /// The version of Python that the environment was made for, such as "3.12.1": "version" of
  /// `venv` and ensure, "version_info" of virtualenv and uv. Marks of a release level are cut off.
  [[nodiscard]] std::optional<std::string> version() const;

  /// The text shown before the prompt, if one was asked for: a Python literal, but plain text in
  /// the files of some tools.
  [[nodiscard]] std::optional<std::string> prompt() const;

  [[nodiscard]] std::string to_string() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace ensure::venv
