#include "installer/specs/tags/tag_set.h"

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

std::string joined(std::string_view prefix, std::uint32_t major, std::uint32_t minor) {
  std::string text(prefix);
  return text.append(std::to_string(major)).append(std::to_string(minor));
}

/// "py312", "py3", "py311" and so on down to "py30".
std::vector<std::string> language_versions(std::uint32_t major, std::uint32_t minor) {
  std::vector<std::string> versions = {joined("py", major, minor), "py" + std::to_string(major)};
  for (std::uint32_t older = minor; older-- > 0;) versions.push_back(joined("py", major, older));
  return versions;
}

/// The ABI of a free-threaded build has a "t" after the version. These builds have a stable ABI of
/// their own (PEP 703, PEP 803).
bool is_free_threaded(const std::vector<std::string>& abis) {
  if (abis.empty()) return false;
  const std::string& abi = abis.front();
  const std::size_t flags = abi.find_first_not_of("0123456789", 2);
  return abi.starts_with("cp") && flags != std::string::npos &&
         abi.find('t', flags) != std::string::npos;
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

std::vector<std::string> cpython_abis(std::uint32_t major, std::uint32_t minor,
                                      std::string_view abiflags) {
  const std::string version = joined("cp", major, minor);
  std::vector<std::string> abis = {version + std::string(abiflags)};
  const std::size_t debug = abiflags.find('d');
  const bool since_3_8 = major > 3 || (major == 3 && minor >= 8);
  if (since_3_8 && debug != std::string_view::npos) {
    std::string release(abiflags);
    release.erase(debug, 1);
    abis.push_back(version + release);
  }
  return abis;
}

TagSet::TagSet(const std::string& implementation, std::uint32_t major, std::uint32_t minor,
               const std::vector<std::string>& abis, const std::vector<std::string>& platforms)
    : major_(major) {
  for (const std::string& platform : platforms) {
    platform_ranks_.try_emplace(platform, platform_ranks_.size());
  }
  minor = std::min(minor, kHighestMinor);
  const std::string python = joined(implementation, major, minor);
  best_ = {python, abis.empty() ? "none" : abis.front(),
           platforms.empty() ? "any" : platforms.front()};
  const bool cpython = implementation == "cp";
  if (cpython) {
    add_cpython(minor, abis);
  } else {
    for (const std::string& abi : abis) add(python, abi, false);
    add(python, "none", false);
  }
  const std::vector<std::string> languages = language_versions(major, minor);
  for (const std::string& language : languages) add(language, "none", false);
  add(cpython ? python : implementation + std::to_string(major), "none", true);
  for (const std::string& language : languages) add(language, "none", true);
}

void TagSet::add_cpython(std::uint32_t minor, const std::vector<std::string>& abis) {
  constexpr std::uint32_t kFirstStable = 2;  // PEP 384 came with 3.2
  const std::string python = joined("cp", major_, minor);
  const std::string stable = is_free_threaded(abis) ? "abi3t" : "abi3";
  for (const std::string& abi : abis) add(python, abi, false);
  const bool has_stable = major_ == 3 && minor >= kFirstStable;
  if (has_stable) add(python, stable, false);
  add(python, "none", false);
  for (std::uint32_t older = minor; has_stable && older-- > kFirstStable;) {
    add(joined("cp", major_, older), stable, false);
  }
}

void TagSet::add(const std::string& python, const std::string& abi, bool any_platform) {
  ranks_.try_emplace(python + '-' + abi + (any_platform ? "-any" : ""), size_);
  size_ += any_platform ? 1 : platform_ranks_.size();
}

std::optional<std::size_t> TagSet::rank(const Tag& tag) const {
  const bool any_platform = tag.platform == "any";
  const auto platform = platform_ranks_.find(tag.platform);
  const auto found = ranks_.find(tag.python + '-' + tag.abi + (any_platform ? "-any" : ""));
  if (found == ranks_.end() || (!any_platform && platform == platform_ranks_.end())) {
    return std::nullopt;
  }
  return found->second + (any_platform ? 0 : platform->second);
}

std::optional<std::size_t> TagSet::rank(const std::vector<Tag>& tags) const {
  std::optional<std::size_t> best;
  for (const Tag& tag : tags) {
    const std::optional<std::size_t> one = rank(tag);
    if (one && (!best || *one < *best)) best = one;
  }
  return best;
}

TagSet::Nearest TagSet::nearest(const std::vector<Tag>& offered) const {
  const auto fits_platform = [this](const Tag& tag) {
    return tag.platform == "any" || platform_ranks_.contains(tag.platform);
  };
  const auto fits_python = [this](const Tag& tag) {
    return ranks_.contains(tag.python + '-' + tag.abi);
  };
  const auto first = std::find_if(offered.begin(), offered.end(), fits_platform);
  if (first != offered.end() && first->platform == "any") {
    return {{"py" + std::to_string(major_), "none", "any"}, true};
  }
  if (first != offered.end()) return {{best_.python, best_.abi, first->platform}, true};
  const auto other = std::find_if(offered.begin(), offered.end(), fits_python);
  if (other == offered.end()) return {best_, false};
  return {{other->python, other->abi, best_.platform}, false};
}

}  // namespace ensure::specs
