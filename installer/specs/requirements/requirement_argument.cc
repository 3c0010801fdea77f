#include "installer/specs/requirements/requirement_argument.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kVersionControl = {"git+"sv, "hg+"sv, "svn+"sv, "bzr+"sv};
constexpr std::array kUrlSchemes = {"http"sv, "https"sv, "file"sv, "ftp"sv};
constexpr std::array kArchiveSuffixes = {".whl"sv, ".zip"sv, ".tar"sv,     ".tar.gz"sv,
                                         ".tgz"sv, ".tbz"sv, ".tar.bz2"sv, ".tar.xz"sv,
                                         ".txz"sv, ".tlz"sv, ".tar.zst"sv, ".tar.lz"sv,
                                         ".tar.lzma"sv};

bool is_version_control(std::string_view url) {
  const std::string lowered = base::to_lower(url.substr(0, 4));
  return std::any_of(kVersionControl.begin(), kVersionControl.end(),
                     [&lowered](std::string_view prefix) { return lowered.starts_with(prefix); });
}

bool is_url(std::string_view text) {
  if (is_version_control(text)) return true;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string scheme = base::to_lower(text.substr(0, colon));
  return std::find(kUrlSchemes.begin(), kUrlSchemes.end(), scheme) != kUrlSchemes.end();
}

bool is_archive(std::string_view path) {
  const std::string lowered = base::to_lower(path);
  return std::any_of(kArchiveSuffixes.begin(), kArchiveSuffixes.end(),
                     [&lowered](std::string_view suffix) { return lowered.ends_with(suffix); });
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
