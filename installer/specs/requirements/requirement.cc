#include "installer/specs/requirements/requirement.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"
#include "installer/text/scanner.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kHint =
    "requirements look like `name[extra]>=1.0; python_version >= \"3.10\"` (PEP 508)";

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20; }

bool is_name_letter(char letter) {
  return text::is_letter_or_digit(letter) || letter == '-' || letter == '_' || letter == '.';
}

PackageName scan_name(text::Scanner& scanner, std::string_view expected) {
  const std::string_view rest = scanner.rest();
  const auto* const end = std::find_if_not(rest.begin(), rest.end(), is_name_letter);
  const std::size_t start = scanner.position();
  const std::string_view text(rest.begin(), end);
  scanner.skip(text.size());
  std::optional<PackageName> name = PackageName::try_parse(text);
  if (!name) scanner.fail(expected, start);
  return *std::move(name);
}

std::vector<PackageName> scan_extras(text::Scanner& scanner) {
  std::vector<PackageName> extras;
  std::unordered_set<std::string> known;
  if (!scanner.accept("[")) return extras;
  scanner.skip_blanks();
  if (scanner.accept("]")) return extras;
  do {
    scanner.skip_blanks();
    PackageName extra = scan_name(scanner, "the name of an extra");
    if (known.insert(extra.normalized()).second) extras.push_back(std::move(extra));
    scanner.skip_blanks();
  } while (scanner.accept(","));
  if (!scanner.accept("]")) scanner.fail("`,` or `]`");
  return extras;
}

/// A specifier set may have empty clauses anywhere; in a requirement, only the last one may be
/// empty.
bool has_sound_commas(std::string_view text) {
  const std::vector<std::string_view> clauses = base::split(text, ',');
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const std::string_view clause = base::trim(clauses[i]);
    if (clause.empty() && (i == 0 || i + 1 != clauses.size())) return false;
    if (text::strip_whitespace(clause).size() != clause.size()) return false;
  }
  return true;
}

SpecifierSet scan_specifiers(text::Scanner& scanner) {
  const bool in_parentheses = scanner.accept("(");
  scanner.skip_blanks();
  const std::size_t start = scanner.position();
  const std::string_view text = scanner.take_until(in_parentheses ? ");" : ";");
  const bool has_control = std::any_of(
      text.begin(), text.end(), [](char letter) { return is_control(letter) && letter != '\t'; });
  std::optional<SpecifierSet> specifiers = SpecifierSet::try_parse(text);
  const bool is_blank = base::trim(text).empty();
  if (!specifiers || has_control || (!is_blank && !has_sound_commas(text))) {
    scanner.fail("a version specifier", start);
  }
  if (in_parentheses && !scanner.accept(")")) scanner.fail("`)`");
  scanner.skip_blanks();
  return *std::move(specifiers);
}

/// A URL ends at a blank: it may contain a semicolon.
std::string scan_url(text::Scanner& scanner) {
  scanner.skip_blanks();
  const std::size_t start = scanner.position();
  std::string url(scanner.take_until(" \t"));
  if (url.empty() || text::has_whitespace(url) || std::any_of(url.begin(), url.end(), is_control)) {
    scanner.fail("a URL", start);
  }
  scanner.skip_blanks();
  return url;
}

}  // namespace

Requirement Requirement::parse(std::string_view text) {
  text::Scanner scanner(text, "requirement", kHint);
  scanner.skip_blanks();
  Requirement requirement{scan_name(scanner, "the name of a project"), {}, {}, {}, {}};
  scanner.skip_blanks();
  requirement.extras = scan_extras(scanner);
  scanner.skip_blanks();
  if (scanner.accept("@")) {
    requirement.url = scan_url(scanner);
  } else {
    requirement.specifiers = scan_specifiers(scanner);
  }
  if (scanner.at_end()) return requirement;
  if (!scanner.accept(";")) scanner.fail("`;` or the end");
  requirement.marker = Marker::scan(scanner);
  return requirement;
}

std::optional<Requirement> Requirement::try_parse(std::string_view text) {
  try {
    return parse(text);
  } catch (const base::ParseError&) {
    return std::nullopt;
  }
}

std::string Requirement::to_string() const {
  std::string text = name.as_written() + extras_to_string(extras);
  if (url) text += " @ " + *url;
  text += specifiers.to_string();
  // Without the blank the semicolon would belong to the URL.
  if (marker) text += (url ? " ; " : "; ") + marker->to_string();
  return text;
}

std::string extras_to_string(const std::vector<PackageName>& extras) {
  std::string text;
  for (const PackageName& extra : extras) text += (text.empty() ? '[' : ',') + extra.as_written();
  return text.empty() ? text : text + ']';
}

}  // namespace ensure::specs
