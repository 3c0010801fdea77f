#include "installer/specs/requirements/package_name.h"

#include <algorithm>

#include "installer/base/error.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

bool is_separator(char letter) { return letter == '-' || letter == '_' || letter == '.'; }

/// The position of the first byte that is not allowed there; the size of a text without one.
std::size_t first_wrong(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool at_end = i == 0 || i + 1 == text.size();
    if (!text::is_letter_or_digit(text[i]) && (at_end || !is_separator(text[i]))) return i;
  }
  return text.size();
}

}  // namespace

std::string normalize_name(std::string_view text) {
  std::string normalized;
  normalized.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_separator(text[i])) {
      normalized += text::lower(text[i]);
    } else if (i == 0 || !is_separator(text[i - 1])) {
      normalized += '-';
    }
  }
  return normalized;
}

PackageName::PackageName(std::string_view text)
    : as_written_(text), normalized_(normalize_name(text)) {}

std::optional<PackageName> PackageName::try_parse(std::string_view text) {
  if (text.empty() || first_wrong(text) != text.size()) return std::nullopt;
  return PackageName(text);
}

PackageName PackageName::parse(std::string_view text) {
  if (std::optional<PackageName> name = try_parse(text)) return *std::move(name);
  base::ParseError error("`" + std::string(text) + "` is not the name of a project",
                         std::string(text), first_wrong(text));
  error.add_hint(
      "names consist of ASCII letters, digits, `-`, `_` and `.`, and begin and end with a letter "
      "or digit");
  throw error;
}

}  // namespace ensure::specs
