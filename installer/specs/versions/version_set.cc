#include "installer/specs/versions/version_set.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace ensure::specs {
namespace {

/// The key of 0.dev0: no version is lower.
constexpr std::string_view kLowest("\x01\0\0\0\0\x01\0", 7);
constexpr std::string_view kAboveAll = "\xFF";

/// The position behind this one version, before its next local version.
std::string behind(const Version& version) { return version.key() + '\0'; }

/// The position behind all local versions of a version: the key of the next possible version, so
/// that each set has only one form.
std::string behind_locals(const Version& version) {
  VersionParts parts = version.parts();
  parts.local.clear();
  if (parts.dev) {
    parts.dev = parts.dev->next();
  } else {
    parts.post = parts.post ? parts.post->next() : VersionNumber();
    parts.dev = VersionNumber();
  }
  return Version::of(parts).key();
}

/// The position behind all post-releases of a final version or of a pre-release.
std::string behind_posts(const Version& version) {
  VersionParts parts = version.parts();
  parts.post.reset();
  parts.local.clear();
  parts.dev.reset();
  if (parts.pre != PreRelease::kNone) {
    parts.pre_number = parts.pre_number.next();
    parts.dev = VersionNumber();
    return Version::of(parts).key();
  }
  // No version is the next one after 1.0.post1, 1.0.post2 and so on. Post, dev and local have one
  // byte each here.
  std::string key = Version::of(parts).key();
  key.resize(key.size() - 3);
  return key += kAboveAll;
}

/// The position before the first development release of a release.
std::string before_release(const VersionNumber& epoch, std::vector<VersionNumber> release) {
  VersionParts parts;
  parts.epoch = epoch;
  parts.release = std::move(release);
  parts.dev = VersionNumber();
  return Version::of(parts).key();
}

}  // namespace

VersionSet::VersionSet(std::string from, std::string to) {
  if (from < to) ranges_.push_back({std::move(from), std::move(to)});
}

VersionSet VersionSet::full() { return {std::string(kLowest), std::string(kAboveAll)}; }

VersionSet VersionSet::exactly(const Version& version) { return {version.key(), behind(version)}; }

VersionSet VersionSet::matching(const Version& version) {
  return {version.key(), version.parts().local.empty() ? behind_locals(version) : behind(version)};
}

VersionSet VersionSet::at_least(const Version& version) {
  return {version.key(), std::string(kAboveAll)};
}

VersionSet VersionSet::at_most(const Version& version) {
  return {std::string(kLowest), behind_locals(version)};
}

VersionSet VersionSet::above(const Version& version) {
  const VersionParts parts = version.parts();
  const bool alone = parts.dev || parts.post;
  return {alone ? behind_locals(version) : behind_posts(version), std::string(kAboveAll)};
}

VersionSet VersionSet::below(const Version& version) {
  VersionParts parts = version.parts();
  parts.local.clear();
  if (!version.is_prerelease()) parts.dev = VersionNumber();
  return {std::string(kLowest), Version::of(parts).key()};
}

VersionSet VersionSet::with_prefix(const VersionNumber& epoch,
                                   const std::vector<VersionNumber>& release) {
  std::vector<VersionNumber> next = release;
  next.back() = next.back().next();
  return {before_release(epoch, release), before_release(epoch, std::move(next))};
}

bool VersionSet::is_full() const { return *this == full(); }

bool VersionSet::contains(const Version& version) const {
  const auto beyond =
      std::upper_bound(ranges_.begin(), ranges_.end(), version.key(),
                       [](const std::string& key, const Range& range) { return key < range.from; });
  return beyond != ranges_.begin() && version.key() < std::prev(beyond)->to;
}

bool VersionSet::is_subset_of(const VersionSet& other) const {
  auto around = other.ranges_.begin();
  for (const Range& range : ranges_) {
    while (around != other.ranges_.end() && around->to < range.to) ++around;
    if (around == other.ranges_.end() || range.from < around->from) return false;
  }
  return true;
}

bool VersionSet::is_disjoint_from(const VersionSet& other) const {
  auto left = ranges_.begin();
  auto right = other.ranges_.begin();
  while (left != ranges_.end() && right != other.ranges_.end()) {
    if (left->to <= right->from) {
      ++left;
    } else if (right->to <= left->from) {
      ++right;
    } else {
      return false;
    }
  }
  return true;
}

VersionSet VersionSet::complement() const {
  VersionSet result;
  std::string from(kLowest);
  for (const Range& range : ranges_) {
    if (from < range.from) result.ranges_.push_back({from, range.from});
    from = range.to;
  }
  if (from < kAboveAll) result.ranges_.push_back({from, std::string(kAboveAll)});
  return result;
}

VersionSet VersionSet::intersection(const VersionSet& other) const {
  VersionSet result;
  auto left = ranges_.begin();
  auto right = other.ranges_.begin();
  while (left != ranges_.end() && right != other.ranges_.end()) {
    const std::string& from = std::max(left->from, right->from);
    const std::string& to = std::min(left->to, right->to);
    if (from < to) result.ranges_.push_back({from, to});
    (left->to < right->to ? left : right)++;
  }
  return result;
}

VersionSet VersionSet::intersection(std::vector<VersionSet> sets) {
  if (sets.empty()) return full();
  // One after the other would copy the first set as often as there are sets.
  while (sets.size() > 1) {
    const std::size_t half = sets.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      sets[i] = sets[i].intersection(sets[sets.size() - 1 - i]);
    }
    sets.resize(sets.size() - half);
  }
  return std::move(sets.front());
}

VersionSet VersionSet::union_with(const VersionSet& other) const {
  VersionSet result;
  result.ranges_.reserve(ranges_.size() + other.ranges_.size());
  auto left = ranges_.begin();
  auto right = other.ranges_.begin();
  while (left != ranges_.end() || right != other.ranges_.end()) {
    const bool from_left =
        right == other.ranges_.end() || (left != ranges_.end() && left->from < right->from);
    const Range& next = from_left ? *left++ : *right++;
    if (result.ranges_.empty() || result.ranges_.back().to < next.from) {
      result.ranges_.push_back(next);
    } else if (result.ranges_.back().to < next.to) {
      result.ranges_.back().to = next.to;
    }
  }
  return result;
}

namespace {

/// The version right before a position that should be named by it: the position behind 1.0 and its
/// local versions is 1.0.post0.dev0, which says nothing to the user.
std::optional<VersionParts> version_before(VersionParts parts) {
  if (!parts.dev || !parts.dev->is_zero() || !parts.post) return std::nullopt;
  parts.dev.reset();
  parts.post = parts.post->is_zero() ? std::nullopt : std::optional(parts.post->previous());
  return parts;
}

/// The version right before a position that is not a key (see `behind` and `behind_posts`).
std::string version_behind(std::string_view position) {
  std::string key(position.substr(0, position.size() - 1));
  if (position.ends_with(kAboveAll)) key += std::string_view("\0\x01\0", 3);
  const std::optional<Version> version = Version::from_key(key);
  return version ? version->to_string() : std::string();
}

/// The start of a range, such as ">=1.0" or ">1.0"; empty at the lowest version.
std::string lower_to_string(std::string_view from) {
  if (from == kLowest) return {};
  const std::optional<Version> version = Version::from_key(from);
  if (!version) return ">" + version_behind(from);
  const std::optional<VersionParts> before = version_before(version->parts());
  return before ? ">" + before->to_string() : ">=" + version->to_string();
}

/// The end of a range, such as "<2.0" (for 2.0.dev0 as well) or "<=1.0"; empty if there is none.
std::string upper_to_string(std::string_view to) {
  if (to == kAboveAll) return {};
  const std::optional<Version> version = Version::from_key(to);
  if (!version) return "<=" + version_behind(to);
  VersionParts parts = version->parts();
  if (const std::optional<VersionParts> before = version_before(parts)) {
    return "<=" + before->to_string();
  }
  if (parts.dev && parts.dev->is_zero()) parts.dev.reset();
  return "<" + parts.to_string();
}

}  // namespace

std::string VersionSet::range_to_string(const Range& range) {
  const std::optional<Version> version = Version::from_key(range.from);
  if (version && (range.to == behind(*version) || range.to == behind_locals(*version))) {
    return "==" + version->to_string();
  }
  const std::string lower = lower_to_string(range.from);
  const std::string upper = upper_to_string(range.to);
  if (lower.empty() && upper.empty()) return "*";
  return lower.empty() || upper.empty() ? lower + upper : lower + ", " + upper;
}

std::string VersionSet::to_string() const {
  if (ranges_.empty()) return "none";
  std::string text;
  for (const Range& range : ranges_) {
    if (!text.empty()) text += " | ";
    text += range_to_string(range);
  }
  return text;
}

}  // namespace ensure::specs
