#include "installer/specs/tags/tag_set.h"

#include <algorithm>

namespace ensure::specs {
namespace {

constexpr std::uint32_t kHighestMinor = 999;

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
