#include "installer/index/candidates/file_ranking.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/specs/tags/tags.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::index {
namespace {

using resolve::Unavailable;
using resolve::UnavailableReason;

/// How well a file matches the required digests: 0 if it does, 1 if that is unknown, 2 if not.
int digest_grade(const specs::ProjectFile& file, const std::vector<specs::HashOption>& accepted) {
  if (accepted.empty()) return 0;
  bool is_comparable = false;
  for (const specs::AnnouncedDigest& digest : file.digests()) {
    for (const specs::HashOption& hash : accepted) {
      if (hash.algorithm != name_of(digest.algorithm)) continue;
      is_comparable = true;
      if (hash.hexadecimal == base::to_hex(digest.bytes)) return 0;
    }
  }
  return is_comparable ? 2 : 1;
}

/// The leading digits of a build number without leading zeros, and the rest.
std::pair<std::string_view, std::string_view> split_build(std::string_view build) {
  build.remove_prefix(std::min(build.find_first_not_of('0'), build.size()));
  const std::size_t end = std::min(build.find_first_not_of("0123456789"), build.size());
  return {build.substr(0, end), build.substr(end)};
}

bool is_higher_build(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return !left.empty() && right.empty();
  const auto [number, rest] = split_build(left);
  const auto [other_number, other_rest] = split_build(right);
  if (number.size() != other_number.size()) return number.size() > other_number.size();
  return std::tie(number, rest) > std::tie(other_number, other_rest);
}

/// How close a file came to being usable: one that only needs another Python came closer than one
/// for another platform.
int closeness(UnavailableReason reason) {
  static constexpr std::array kFromFarToClose = {
      UnavailableReason::kNoSource,   UnavailableReason::kUnknownDate,
      UnavailableReason::kTooNew,     UnavailableReason::kNoMatchingWheel,
      UnavailableReason::kSourceOnly, UnavailableReason::kRequiresPython};
  return static_cast<int>(std::ranges::find(kFromFarToClose, reason) - kFromFarToClose.begin());
}

std::string list_of(const std::vector<specs::Tag>& tags) {
  static constexpr std::size_t kMostTags = 4;
  std::set<std::string> quoted;
  for (const specs::Tag& tag : tags) quoted.insert('`' + tag.to_string() + '`');
  std::string text;
  std::size_t count = 0;
  for (const std::string& tag : quoted) {
    if (count++ == kMostTags) return text + " and others";
    text += (text.empty() ? "" : ", ") + tag;
  }
  return text;
}

/// The reason for a version of which no wheel fits: the tags of its wheels, and the closest tag
/// among those of the target.
Unavailable tag_mismatch(const std::vector<specs::Tag>& offered, const specs::TagSet& wanted) {
  const specs::TagSet::Nearest nearest = wanted.nearest(offered);
  const std::string tag = '`' + nearest.tag.to_string() + '`';
  Unavailable result{UnavailableReason::kNoMatchingWheel,
                     "has no wheel for this interpreter and platform, only for " +
                         list_of(offered) + ", where " + tag + " is wanted"};
  if (!nearest.fits_platform) {
    result.hint =
        "is made for other platforms, so no other Python helps: take another version, or "
        "ask its authors for a wheel for " +
        tag;
  }
  return result;
}

}  // namespace

FileRanking::FileRanking(const std::vector<IndexEntry>& entries, const CandidateRules& rules)
    : entries_(entries), rules_(rules) {
  for (const IndexEntry& entry : entries) {
    PageTables& tables = tables_.emplace_back();
    tables.ranks.resize(entry.page.tag_sets().size());
    tables.allows_python.resize(entry.page.requires_pythons().size());
  }
}

std::optional<std::size_t> FileRanking::tag_rank(std::uint32_t entry, std::uint32_t tag_set) {
  auto& known = tables_[entry].ranks[tag_set];
  if (!known) {
    const auto tags = specs::try_parse_tags(entries_[entry].page.tag_sets()[tag_set]);
    known.emplace(tags ? rules_.tags.rank(*tags) : std::nullopt);
  }
  return *known;
}

bool FileRanking::allows_python(std::uint32_t entry, std::uint32_t requires_python) {
  std::optional<bool>& known = tables_[entry].allows_python[requires_python];
  if (!known) {
    const auto set =
        specs::SpecifierSet::try_parse(entries_[entry].page.requires_pythons()[requires_python]);
    // As with pip, an invalid specifier set allows every Python.
    known = !set || set->contains(rules_.python_version, specs::Prereleases::kAllowed);
  }
  return *known;
}

std::optional<UnavailableReason> FileRanking::unavailable_reason(std::uint32_t entry,
                                                                 const specs::ProjectFile& file) {
  if (rules_.exclude_newer) {
    if (!file.upload_time) return UnavailableReason::kUnknownDate;
    if (*file.upload_time > *rules_.exclude_newer) return UnavailableReason::kTooNew;
  }
  if (file.is_wheel) {
    if (!rules_.wheels) return UnavailableReason::kNoSource;
    if (!tag_rank(entry, file.tags)) return UnavailableReason::kNoMatchingWheel;
  } else if (!rules_.sources) {
    return UnavailableReason::kSourceOnly;
  }
  if (file.requires_python && !allows_python(entry, *file.requires_python)) {
    return UnavailableReason::kRequiresPython;
  }
  return std::nullopt;
}

FileRanking::Grade FileRanking::grade_of(std::uint32_t entry, const specs::ProjectFile& file) {
  return {digest_grade(file, rules_.accepted), file.yanked.has_value(), !file.is_wheel,
          file.is_wheel ? *tag_rank(entry, file.tags) : 0};
}

FileRanking::Best FileRanking::rank_files(const std::vector<FilePlace>& files) {
  Best best;
  std::optional<std::pair<Grade, specs::ProjectFile>> leader;
  std::optional<std::pair<UnavailableReason, FilePlace>> closest;
  bool all_yanked = !files.empty();
  TagSets tag_sets;
  for (const FilePlace& place : files) {
    const specs::ProjectFile file = file_at(place);
    all_yanked = all_yanked && file.yanked;
    if (file.is_wheel) tag_sets.emplace_back(place.entry, file.tags);
    if (const std::optional<UnavailableReason> reason = unavailable_reason(place.entry, file)) {
      if (*reason == UnavailableReason::kUnknownDate && undated_.count++ == 0) {
        undated_.example = file.filename;
      }
      if (!closest || closeness(*reason) > closeness(closest->first)) {
        closest.emplace(*reason, place);
      }
      continue;
    }
    const Grade grade = grade_of(place.entry, file);
    const bool is_better =
        !leader || grade < leader->first ||
        (grade == leader->first && is_higher_build(file.build, leader->second.build));
    if (!is_better) continue;
    best.file = place;
    leader.emplace(grade, file);
  }
  best.yanked = leader ? leader->second.yanked.has_value() : all_yanked;
  if (leader) return best;
  best.unavailable = closest ? explain(closest->first, closest->second, std::move(tag_sets))
                             : Unavailable{UnavailableReason::kNoFiles, "has no files"};
  return best;
}

Unavailable FileRanking::explain(UnavailableReason reason, FilePlace closest, TagSets tag_sets) {
  switch (reason) {
    case UnavailableReason::kNoSource:
      return {reason, "has no source distribution, and its wheels are not to be used"};
    case UnavailableReason::kUnknownDate:
      return {reason, "has no upload time"};
    case UnavailableReason::kTooNew:
      return {reason, "was uploaded too late"};
    case UnavailableReason::kSourceOnly:
      return {reason, "has only a source distribution"};
    case UnavailableReason::kRequiresPython: {
      const std::uint32_t place = *file_at(closest).requires_python;
      const std::string_view text = entries_[closest.entry].page.requires_pythons()[place];
      return {reason, "needs Python " + specs::SpecifierSet::parse(text).to_string()};
    }
    default:
      break;
  }
  // Neighbouring releases mostly have the same tag sets.
  std::ranges::sort(tag_sets);
  const auto repeated = std::ranges::unique(tag_sets);
  tag_sets.erase(repeated.begin(), repeated.end());
  const auto known = mismatches_.find(tag_sets);
  if (known != mismatches_.end()) return known->second;
  std::vector<specs::Tag> tags;
  for (const auto& [entry, place] : tag_sets) {
    const auto parsed = specs::try_parse_tags(entries_[entry].page.tag_sets()[place]);
    if (parsed) tags.insert(tags.end(), parsed->begin(), parsed->end());
  }
  std::ranges::sort(tags);
  return mismatches_.emplace(std::move(tag_sets), tag_mismatch(tags, rules_.tags)).first->second;
}

}  // namespace ensure::index
