#include "installer/specs/tags/tag_set.h"

#include <algorithm>
#include <utility>

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

/// Free-threaded builds tell so by a "t" after their version, and have a stable ABI of their own
/// (PEP 703, PEP 803).
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
               const std::vector<std::string>& abis, std::vector<std::string> platforms)
    : major_(major), platforms_(std::move(platforms)) {
  for (std::size_t i = 0; i < platforms_.size(); ++i) platform_ranks_.try_emplace(platforms_[i], i);
  minor = std::min(minor, kHighestMinor);
  const std::string python = joined(implementation, major, minor);
  const bool cpython = implementation == "cp";
  if (cpython) {
    add_cpython_blocks(minor, abis);
  } else {
    for (const std::string& abi : abis) add_block(python, abi, false);
    add_block(python, "none", false);
  }
  const std::vector<std::string> languages = language_versions(major, minor);
  for (const std::string& language : languages) add_block(language, "none", false);
  add_block(cpython ? python : implementation + std::to_string(major), "none", true);
  for (const std::string& language : languages) add_block(language, "none", true);
}

void TagSet::add_cpython_blocks(std::uint32_t minor, const std::vector<std::string>& abis) {
  constexpr std::uint32_t kFirstStable = 2;  // PEP 384 came with 3.2
  const std::string python = joined("cp", major_, minor);
  const std::string stable = is_free_threaded(abis) ? "abi3t" : "abi3";
  for (const std::string& abi : abis) add_block(python, abi, false);
  const bool has_stable = major_ == 3 && minor >= kFirstStable;
  if (has_stable) add_block(python, stable, false);
  add_block(python, "none", false);
  for (std::uint32_t older = minor; has_stable && older-- > kFirstStable;) {
    add_block(joined("cp", major_, older), stable, false);
  }
}

void TagSet::add_block(std::string python, std::string abi, bool any_platform) {
  std::string key = python + '-' + abi;
  if (any_platform) key += "-any";
  block_ranks_.try_emplace(std::move(key), size_);
  size_ += any_platform ? 1 : platforms_.size();
  blocks_.push_back({std::move(python), std::move(abi), any_platform});
}

std::optional<std::size_t> TagSet::rank(const Tag& tag) const {
  std::string key = tag.python + '-' + tag.abi;
  std::size_t within = 0;
  if (tag.platform == "any") {
    key += "-any";
  } else {
    const auto platform = platform_ranks_.find(tag.platform);
    if (platform == platform_ranks_.end()) return std::nullopt;
    within = platform->second;
  }
  const auto block = block_ranks_.find(key);
  if (block == block_ranks_.end()) return std::nullopt;
  return block->second + within;
}

std::optional<std::size_t> TagSet::rank(const std::vector<Tag>& tags) const {
  std::optional<std::size_t> best;
  for (const Tag& tag : tags) {
    const std::optional<std::size_t> place = rank(tag);
    if (place && (!best || *place < *best)) best = place;
  }
  return best;
}

TagSet::Nearest TagSet::nearest(const std::vector<Tag>& offered) const {
  const auto fits_platform = [this](const Tag& tag) {
    return tag.platform == "any" || platform_ranks_.contains(tag.platform);
  };
  const auto fits_python = [this](const Tag& tag) {
    return block_ranks_.contains(tag.python + '-' + tag.abi);
  };
  const auto first = std::find_if(offered.begin(), offered.end(), fits_platform);
  if (first != offered.end() && first->platform == "any") {
    return {{"py" + std::to_string(major_), "none", "any"}, true};
  }
  const Block& block = blocks_.front();
  const Tag best{block.python, block.abi, platforms_.empty() ? "any" : platforms_.front()};
  if (first != offered.end()) return {{best.python, best.abi, first->platform}, true};
  const auto other = std::find_if(offered.begin(), offered.end(), fits_python);
  if (other == offered.end()) return {best, false};
  return {{other->python, other->abi, best.platform}, false};
}

std::vector<Tag> TagSet::tags() const {
  std::vector<Tag> all;
  all.reserve(size_);
  for (const Block& block : blocks_) {
    if (block.any_platform) {
      all.push_back({block.python, block.abi, "any"});
      continue;
    }
    for (const std::string& platform : platforms_) {
      all.push_back({block.python, block.abi, platform});
    }
  }
  return all;
}

}  // namespace ensure::specs
