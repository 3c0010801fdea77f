#include "installer/specs/metadata/project_filename.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "installer/specs/versions/version.h"
#include "installer/text/ascii.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kWheelSuffix = ".whl";
constexpr std::array<std::string_view, 2> kSdistSuffixes = {".tar.gz", ".zip"};
constexpr std::array<std::string_view, 11> kOtherSuffixes = {".egg",     ".exe",    ".msi",  ".rpm",
                                                             ".deb",     ".dmg",    ".tgz",  ".tar",
                                                             ".tar.bz2", ".tar.xz", ".tar.Z"};
constexpr std::size_t kLongestName = 255;  // of a file, on every file system that is in use

bool is_separator(char letter) { return letter == '-' || letter == '_' || letter == '.'; }

bool is_allowed(char letter) {
  return text::is_letter_or_digit(letter) || is_separator(letter) || letter == '+' || letter == '!';
}

/// Whether `text` is a spelling of the name, without making its normal form.
bool is_spelling_of(std::string_view text, std::string_view normalized) {
  std::size_t place = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool repeats = i > 0 && is_separator(text[i]) && is_separator(text[i - 1]);
    if (repeats) continue;
    const char letter = is_separator(text[i]) ? '-' : text::lower(text[i]);
    if (place == normalized.size() || normalized[place] != letter) return false;
    ++place;
  }
  return place == normalized.size();
}

/// Takes what follows the last dash off `stem`; nothing where it has none.
std::string_view take_last_part(std::string_view& stem) {
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view part = stem.substr(dash + 1);
  stem = stem.substr(0, dash);
  return part;
}

ProjectFilename read_wheel(std::string_view filename, std::string_view project) {
  ProjectFilename result{FilenameKind::kMalformed, {}, {}, {}};
  std::string_view stem = filename.substr(0, filename.size() - kWheelSuffix.size());
  const char* const end = stem.data() + stem.size();
  for (int part = 0; part < 3; ++part) {
    if (take_last_part(stem).empty()) return result;
  }
  const char* const tags = stem.data() + stem.size() + 1;
  result.tags = {tags, static_cast<std::size_t>(end - tags)};
  const std::size_t dash = stem.find('-');
  if (dash == std::string_view::npos) return result;
  const std::string_view name = stem.substr(0, dash);
  result.version = stem.substr(dash + 1);
  const std::size_t build = result.version.find('-');
  if (build != std::string_view::npos) {
    result.build = result.version.substr(build + 1);
    result.version = result.version.substr(0, build);
    if (result.build.empty() || !text::is_digit(result.build.front())) return result;
    if (result.build.find('-') != std::string_view::npos) return result;
  }
  if (name.find("__") != std::string_view::npos) return result;
  const bool is_ours = is_spelling_of(name, project);
  result.kind = is_ours ? FilenameKind::kWheel : FilenameKind::kOtherProject;
  return result;
}

ProjectFilename read_sdist(std::string_view stem, std::string_view project) {
  ProjectFilename result{FilenameKind::kMalformed, {}, {}, {}};
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos;
       dash = stem.find('-', dash + 1)) {
    if (!is_spelling_of(stem.substr(0, dash), project)) continue;
    const std::string_view version = stem.substr(dash + 1);
    // "demo-more-1.0" is no version of demo.
    if (version.find('-') != std::string_view::npos && !Version::try_parse(version)) continue;
    result.version = version;
    result.kind = FilenameKind::kSdist;
    return result;
  }
  const std::size_t last = stem.rfind('-');
  const bool is_sdist =
      last != std::string_view::npos && Version::try_parse(stem.substr(last + 1)).has_value();
  if (is_sdist) result.kind = FilenameKind::kOtherProject;
  return result;
}

}  // namespace

ProjectFilename ProjectFilename::read(std::string_view filename, std::string_view project) {
  const auto has_suffix = [filename](std::string_view suffix) {
    return filename.ends_with(suffix);
  };
  const bool is_wheel = has_suffix(kWheelSuffix);
  const auto* const sdist = std::find_if(kSdistSuffixes.begin(), kSdistSuffixes.end(), has_suffix);
  if (!is_wheel && sdist == kSdistSuffixes.end()) return {};
  const bool is_sound =
      filename.size() <= kLongestName && std::all_of(filename.begin(), filename.end(), is_allowed);
  if (!is_sound) return {FilenameKind::kMalformed, {}, {}, {}};
  if (is_wheel) return read_wheel(filename, project);
  return read_sdist(filename.substr(0, filename.size() - sdist->size()), project);
}

bool is_distribution_filename(std::string_view filename) {
  const auto has_suffix = [filename](std::string_view suffix) {
    return filename.ends_with(suffix);
  };
  return has_suffix(kWheelSuffix) ||
         std::any_of(kSdistSuffixes.begin(), kSdistSuffixes.end(), has_suffix) ||
         std::any_of(kOtherSuffixes.begin(), kOtherSuffixes.end(), has_suffix);
}

}  // namespace ensure::specs
