#include "installer/specs/tags/tags.h"

#include <algorithm>

#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// No real wheel comes near; a name made to exhaust memory does.
constexpr std::size_t kMostTags = 4096;

bool is_tag_part(std::string_view text) {
  const auto allowed = [](char letter) {
    return text::is_letter_or_digit(letter) || letter == '_';
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

constexpr std::uint32_t kHighestMinor = 999;  // of a C library; above, a version is no real one

std::string numbered(std::string_view system, std::uint32_t major, std::uint32_t minor,
                     std::string_view architecture) {
  std::string tag(system);
  tag.append("_").append(std::to_string(major)).append("_").append(std::to_string(minor));
  return tag.append("_").append(architecture);
}

/// The name that a manylinux standard had before PEP 600; empty where it had none.
std::string_view older_name(std::uint32_t glibc_minor) {
  switch (glibc_minor) {
    case 17:
      return "manylinux2014_";
    case 12:
      return "manylinux2010_";
    case 5:
      return "manylinux1_";
    default:
      return {};
  }
}

/// The formats of executables for several architectures that hold a given one.
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
    const std::string_view older = older_name(minor);
    if (!older.empty()) platforms.push_back(std::string(older) + std::string(architecture));
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
  for (std::uint32_t year = std::min(major, kHighestMinor); year >= kFirstYearly; --year) {
    for (const std::string_view format : macos_formats(architecture)) {
      platforms.push_back(numbered("macosx", year, 0, format));
    }
  }
  const std::uint32_t newest_ten = major >= kFirstYearly ? kLastTen : std::min(minor, kLastTen);
  for (std::uint32_t ten = newest_ten; ten >= kFirstTen; --ten) {
    for (const std::string_view format : macos_formats(architecture)) {
      // macOS 10 never ran on arm64, but its universal2 builds hold code for it.
      if (format == "arm64") continue;
      platforms.push_back(numbered("macosx", 10, ten, format));
    }
  }
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
