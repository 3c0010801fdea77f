#include "installer/specs/metadata/distribution_filename.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kWheelSuffix = ".whl";
constexpr std::array<std::string_view, 2> kSdistSuffixes = {".tar.gz", ".zip"};
constexpr std::array<std::string_view, 11> kOtherSuffixes = {".egg",     ".exe",    ".msi",  ".rpm",
                                                             ".deb",     ".dmg",    ".tgz",  ".tar",
                                                             ".tar.bz2", ".tar.xz", ".tar.Z"};
constexpr std::size_t kLongestName = 255;  // of a file, on every file system that is in use

bool is_allowed(char letter) {
  return text::is_letter_or_digit(letter) ||
         std::string_view("-_.+!").find(letter) != std::string_view::npos;
}

struct WheelParts {
  std::string_view name;
  std::string_view version;
  std::string_view build;
  std::string_view tags;
  const char* problem = nullptr;  ///< completes "is not the name of a wheel: it ..."
};

WheelParts split_wheel(std::string_view filename) {
  WheelParts wheel;
  if (filename.size() > kLongestName) {
    wheel.problem = "is longer than 255 bytes";
  } else if (!std::all_of(filename.begin(), filename.end(), is_allowed)) {
    wheel.problem = "contains a character that is not allowed";
  } else if (!filename.ends_with(kWheelSuffix)) {
    wheel.problem = "does not end with `.whl`";
  }
  if (wheel.problem != nullptr) return wheel;
  filename.remove_suffix(kWheelSuffix.size());
  const std::vector<std::string_view> parts = base::split(filename, '-');
  if (parts.size() != 5 && parts.size() != 6) {
    wheel.problem = "does not have 5 or 6 parts between dashes";
    return wheel;
  }
  wheel.name = parts[0];
  wheel.version = parts[1];
  if (parts.size() == 6) wheel.build = parts[2];
  const auto tags = parts[parts.size() - 3].data() - filename.data();
  wheel.tags = filename.substr(static_cast<std::size_t>(tags));
  if (wheel.name.find("__") != std::string_view::npos) {
    wheel.problem = "does not begin with a name";
  } else if (parts.size() == 6 && (wheel.build.empty() || !text::is_digit(wheel.build.front()))) {
    wheel.problem = "has a build number that does not begin with a digit";
  }
  return wheel;
}

/// The name of a source distribution without its suffix.
std::optional<std::string_view> sdist_stem(std::string_view filename) {
  for (const std::string_view suffix : kSdistSuffixes) {
    if (filename.ends_with(suffix)) return filename.substr(0, filename.size() - suffix.size());
  }
  return std::nullopt;
}

ProjectFilename read_sdist(std::string_view stem, std::string_view project) {
  for (std::size_t dash = stem.find('-'); dash != std::string_view::npos;
       dash = stem.find('-', dash + 1)) {
    if (normalize_name(stem.substr(0, dash)) != project) continue;
    const std::string_view version = stem.substr(dash + 1);
    // "more-1.0" in "demo-more-1.0" is not a version of demo.
    if (version.find('-') != std::string_view::npos && !Version::try_parse(version)) continue;
    return {FilenameKind::kSdist, version, {}, {}};
  }
  const std::size_t last = stem.rfind('-');
  const bool is_sdist = last != std::string_view::npos && Version::try_parse(stem.substr(last + 1));
  return {is_sdist ? FilenameKind::kOtherProject : FilenameKind::kMalformed, {}, {}, {}};
}

}  // namespace

std::optional<WheelFilename> WheelFilename::read(std::string_view filename, std::string& reason) {
  const WheelParts parts = split_wheel(filename);
  std::optional<PackageName> name = PackageName::try_parse(parts.name);
  std::optional<Version> version = Version::try_parse(parts.version);
  std::optional<std::vector<Tag>> tags = try_parse_tags(parts.tags);
  if (parts.problem != nullptr || !name || !version || !tags) {
    reason = parts.problem != nullptr ? parts.problem
             : !name                  ? "does not begin with a name"
             : !version               ? "has no version after the name"
                                      : "does not end with tags";
    return std::nullopt;
  }
  WheelFilename result(*std::move(name), *std::move(version));
  if (!parts.build.empty()) {
    const auto* const digits_end =
        std::find_if_not(parts.build.begin(), parts.build.end(), text::is_digit);
    result.build_ = {VersionNumber::of({parts.build.begin(), digits_end}),
                     std::string(digits_end, parts.build.end())};
  }
  result.text_ = filename;
  result.tags_ = *std::move(tags);
  return result;
}

std::optional<WheelFilename> WheelFilename::try_parse(std::string_view filename) {
  std::string reason;
  return read(filename, reason);
}

WheelFilename WheelFilename::parse(std::string_view filename) {
  std::string reason;
  if (std::optional<WheelFilename> result = read(filename, reason)) return *std::move(result);
  base::ParseError error("`" + std::string(filename) + "` is not the name of a wheel: it " + reason,
                         std::string(filename), 0, filename.size());
  error.add_hint("wheels are named like `name-1.0-py3-none-any.whl`");
  throw error;
}

std::optional<SdistFilename> SdistFilename::try_parse(std::string_view filename) {
  const std::string_view stem = sdist_stem(filename).value_or("");
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::optional<PackageName> name = PackageName::try_parse(stem.substr(0, dash));
  std::optional<Version> version = Version::try_parse(stem.substr(dash + 1));
  if (!name || !version) return std::nullopt;
  return SdistFilename{*std::move(name), *std::move(version)};
}

ProjectFilename ProjectFilename::read(std::string_view filename, std::string_view project) {
  if (filename.ends_with(kWheelSuffix)) {
    const WheelParts parts = split_wheel(filename);
    if (parts.problem != nullptr) return {FilenameKind::kMalformed, {}, {}, {}};
    const bool is_ours = normalize_name(parts.name) == project;
    return {is_ours ? FilenameKind::kWheel : FilenameKind::kOtherProject, parts.version,
            parts.build, parts.tags};
  }
  const std::optional<std::string_view> stem = sdist_stem(filename);
  if (!stem) return {};
  const bool is_sound =
      filename.size() <= kLongestName && std::all_of(filename.begin(), filename.end(), is_allowed);
  if (!is_sound) return {FilenameKind::kMalformed, {}, {}, {}};
  return read_sdist(*stem, project);
}

bool is_distribution_filename(std::string_view filename) {
  const auto has_suffix = [filename](std::string_view suffix) {
    return filename.ends_with(suffix);
  };
  return has_suffix(kWheelSuffix) || sdist_stem(filename) ||
         std::any_of(kOtherSuffixes.begin(), kOtherSuffixes.end(), has_suffix);
}

}  // namespace ensure::specs
