#include "installer/specs/requirements/requirement.h"

#include <algorithm>
#include <array>
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

using std::string_view_literals::operator""sv;

constexpr std::array kVersionControl = {"git+"sv, "hg+"sv, "svn+"sv, "bzr+"sv};
constexpr std::array kUrlSchemes = {"http"sv, "https"sv, "file"sv, "ftp"sv};
constexpr std::array kArchiveSuffixes = {
    ".whl"sv,    ".zip"sv, ".tar"sv, ".tar.gz"sv,  ".tgz"sv,    ".tbz"sv,     ".tar.bz2"sv,
    ".tar.xz"sv, ".txz"sv, ".tlz"sv, ".tar.zst"sv, ".tar.lz"sv, ".tar.lzma"sv};

bool is_version_control(std::string_view url) {
  const std::string lowered = base::to_lower(url.substr(0, 4));
  return std::ranges::any_of(kVersionControl,
                             [&](auto prefix) { return lowered.starts_with(prefix); });
}

bool is_url(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return is_version_control(text);
  const std::string scheme = base::to_lower(text.substr(0, colon));
  return std::ranges::find(kUrlSchemes, scheme) != kUrlSchemes.end() || is_version_control(text);
}

bool is_archive(std::string_view path) {
  const std::string lowered = base::to_lower(path);
  return std::ranges::any_of(kArchiveSuffixes,
                             [&](auto suffix) { return lowered.ends_with(suffix); });
}

bool looks_like_path(std::string_view text) {
  return text.starts_with('.') || text.find('/') != std::string_view::npos;
}

/// Whether `text`, without extras and marker, is a path rather than a requirement.
bool names_path(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool has_name_before_at =
      at != std::string_view::npos && !looks_like_path(text::strip_whitespace(text.substr(0, at)));
  return !has_name_before_at && (looks_like_path(text) || is_archive(text));
}

/// Takes extras in brackets off the end of a URL or path.
std::vector<PackageName> take_extras(std::string_view& text) {
  const std::size_t open = text.ends_with(']') ? text.rfind('[') : std::string_view::npos;
  if (open == std::string_view::npos || open == 0 || open + 2 == text.size()) return {};
  std::vector<PackageName> extras = Requirement::parse("x" + std::string(text.substr(open))).extras;
  text = text::strip_trailing_whitespace(text.substr(0, open));
  return extras;
}

void read_requirement(RequirementArgument& argument, std::string_view text) {
  argument.requirement = Requirement::parse(text);
  argument.extras = argument.requirement->extras;
  argument.marker = argument.requirement->marker;
  if (!argument.requirement->url) return;
  argument.location = *argument.requirement->url;
  argument.kind = is_version_control(argument.location) ? RequirementKind::kVersionControl
                                                        : RequirementKind::kFile;
}

bool lacks_operator(std::string_view text) {
  return text.find('=') != std::string_view::npos && text.find("==") == std::string_view::npos &&
         text.find_first_of("<>~!") == std::string_view::npos;
}

/// Reads a requirement with a name; `location` and `marker` are the parts of `text` before and
/// after the first semicolon.
void read_named(RequirementArgument& argument, std::string_view text, std::string_view location,
                std::string_view marker) {
  try {
    read_requirement(argument, text);
  } catch (base::ParseError& error) {
    // PEP 508 requires a blank between a URL and a semicolon; pip does not.
    const std::optional<Requirement> requirement = Requirement::try_parse(location);
    const std::optional<Marker> condition = Marker::try_parse(marker);
    if (requirement && requirement->url && condition) {
      read_requirement(argument, location);
      argument.requirement->marker = condition;
      argument.marker = condition;
      return;
    }
    if (lacks_operator(text)) error.add_hint("a version is pinned with `==`");
    throw;
  }
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

RequirementArgument RequirementArgument::parse(std::string_view text) {
  text = text::strip_whitespace(text);
  RequirementArgument argument;
  const bool in_url = is_url(text);
  // In a URL, a marker needs a blank after the semicolon.
  const std::size_t end = std::min(text.find(in_url ? "; " : ";"), text.size());
  std::string_view location = text::strip_whitespace(text.substr(0, end));
  const std::string_view marker =
      text::strip_whitespace(text.substr(std::min(end + 1, text.size())));
  if (!in_url && !names_path(location)) {
    // Like pip, this accepts a semicolon at the end.
    read_named(argument, marker.empty() ? location : text, location, marker);
    return argument;
  }
  if (!marker.empty()) argument.marker = Marker::parse(marker);
  if (!in_url) argument.extras = take_extras(location);
  argument.kind =
      is_version_control(location) ? RequirementKind::kVersionControl : RequirementKind::kFile;
  argument.location = location;
  argument.is_path = !in_url;
  return argument;
}

RequirementArgument RequirementArgument::parse_editable(std::string_view text) {
  text = text::strip_whitespace(text);
  RequirementArgument argument;
  const std::optional<Requirement> requirement = Requirement::try_parse(text);
  if (requirement && requirement->url) {
    read_requirement(argument, text);
  } else {
    argument.extras = take_extras(text);
    argument.location = text;
    argument.is_path = !is_url(text);
  }
  argument.kind = RequirementKind::kEditable;
  return argument;
}

std::string RequirementArgument::to_string() const {
  if (requirement) return requirement->to_string();
  std::string text = location + extras_to_string(extras);
  if (marker) text += " ; " + marker->to_string();
  return text;
}

}  // namespace ensure::specs
