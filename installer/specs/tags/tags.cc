#include "installer/specs/tags/tags.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// Far above any real wheel: a short name can stand for millions of tags.
constexpr std::size_t kMostTags = 4096;

bool is_tag_part(std::string_view text) {
  const auto allowed = [](char letter) {
    return text::is_letter_or_digit(letter) || letter == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

constexpr std::uint32_t kHighestMinor = 999;  // of a C library: no real version is above

std::string numbered(std::string_view system, std::uint32_t major, std::uint32_t minor,
                     std::string_view architecture) {
  std::string tag(system);
  tag.append("_").append(std::to_string(major)).append("_").append(std::to_string(minor));
  return tag.append("_").append(architecture);
}

/// The standards that had names of their own before PEP 600, by the minor version of glibc.
constexpr std::array<std::pair<std::uint32_t, std::string_view>, 3> kOlderNames = {
    {{17, "manylinux2014_"}, {12, "manylinux2010_"}, {5, "manylinux1_"}}};

/// The formats of executables that contain code for an architecture.
std::vector<std::string_view> macos_formats(std::string_view architecture) {
  if (architecture == "x86_64") {
    return {"x86_64", "intel", "fat64", "fat3", "universal2", "universal"};
  }
  return {architecture, "universal2"};
}

}  // namespace

std::string Tag::to_string() const { return python + '-' + abi + '-' + platform; }

std::optional<std::vector<Tag>> try_parse_tags(std::string_view text) {
  const std::string lowered = base::to_lower(text);
  const std::vector<std::string_view> sets = base::split(lowered, '-');
  if (sets.size() != 3) return std::nullopt;
  const std::vector<std::string_view> pythons = base::split(sets[0], '.');
  const std::vector<std::string_view> abis = base::split(sets[1], '.');
  const std::vector<std::string_view> platforms = base::split(sets[2], '.');
  for (const auto* parts : {&pythons, &abis, &platforms}) {
    if (parts->size() > kMostTags) return std::nullopt;
    if (!std::all_of(parts->begin(), parts->end(), is_tag_part)) return std::nullopt;
  }
  if (pythons.size() * abis.size() * platforms.size() > kMostTags) return std::nullopt;

  std::vector<Tag> tags;
  for (const std::string_view python : pythons) {
    for (const std::string_view abi : abis) {
      for (const std::string_view platform : platforms) {
        tags.push_back({std::string(python), std::string(abi), std::string(platform)});
      }
    }
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

std::vector<std::string> manylinux_platforms(std::uint32_t glibc_minor,
                                             std::string_view architecture) {
  const bool first_ones = architecture == "x86_64" || architecture == "i686";
  const std::uint32_t oldest = first_ones ? 5 : 17;
  std::vector<std::string> platforms;
  for (std::uint32_t minor = std::min(glibc_minor, kHighestMinor); minor >= oldest; --minor) {
    platforms.push_back(numbered("manylinux", 2, minor, architecture));
    for (const auto& [glibc, name] : kOlderNames) {
      if (glibc == minor) platforms.push_back(std::string(name) + std::string(architecture));
    }
  }
  platforms.push_back("linux_" + std::string(architecture));
  return platforms;
}

std::vector<std::string> musllinux_platforms(std::uint32_t major, std::uint32_t minor,
                                             std::string_view architecture) {
  std::vector<std::string> platforms;
  for (std::uint32_t older = std::min(minor, kHighestMinor) + 1; older-- > 0;) {
    platforms.push_back(numbered("musllinux", major, older, architecture));
  }
  platforms.push_back("linux_" + std::string(architecture));
  return platforms;
}

std::vector<std::string> macos_platforms(std::uint32_t major, std::uint32_t minor,
                                         std::string_view architecture) {
  constexpr std::uint32_t kFirstYearly = 11;
  constexpr std::uint32_t kLastTen = 16;  // what Big Sur calls itself to old programs
  constexpr std::uint32_t kFirstTen = 4;
  std::vector<std::string> platforms;
  const auto add = [&](std::uint32_t first, std::uint32_t second) {
    for (const std::string_view format : macos_formats(architecture)) {
      // macOS 10 never ran on arm64, but its universal2 builds contain code for it.
      if (first == 10 && format == "arm64") continue;
      platforms.push_back(numbered("macosx", first, second, format));
    }
  };
  for (std::uint32_t year = std::min(major, kHighestMinor); year >= kFirstYearly; --year) {
    add(year, 0);
  }
  const std::uint32_t newest_ten = major >= kFirstYearly ? kLastTen : std::min(minor, kLastTen);
  for (std::uint32_t ten = newest_ten; ten >= kFirstTen; --ten) add(10, ten);
  return platforms;
}

std::vector<std::string> other_platforms(std::string_view platform) {
  std::string tag = base::to_lower(platform);
  std::replace_if(
      tag.begin(), tag.end(),
      [](char letter) { return letter == '-' || letter == '.' || letter == ' '; }, '_');
  return {tag};
}

}  // namespace ensure::specs
