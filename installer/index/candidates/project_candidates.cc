#include "installer/index/candidates/project_candidates.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "installer/base/digest.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::index {
namespace {

using resolve::Unavailable;
using resolve::UnavailableReason;

/// Whether a file has one of the required digests; nullopt if the index does not tell.
std::optional<bool> has_digest(const specs::ProjectFile& file,
                               const std::vector<specs::HashOption>& accepted) {
  if (accepted.empty()) return true;
  bool is_comparable = false;
  for (const specs::AnnouncedDigest& digest : file.digests()) {
    for (const specs::HashOption& hash : accepted) {
      if (hash.algorithm != name_of(digest.algorithm)) continue;
      is_comparable = true;
      if (hash.hexadecimal == base::to_hex(digest.bytes)) return true;
    }
  }
  return is_comparable ? std::optional(false) : std::nullopt;
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
      UnavailableReason::kSourceOnly, UnavailableReason::kRequiresPython,
      UnavailableReason::kOtherHash};
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
                         list_of(offered) + " (a wheel for " + tag + " would fit)"};
  if (!nearest.fits_platform) {
    result.hint =
        "is made for other platforms, so no other Python helps: take another version, or "
        "ask its authors for a wheel for " +
        tag;
  }
  return result;
}

/// Ranks the files of one release after the other. What a tag set or a Requires-Python means for
/// the target is computed once for each page, as thousands of files share a few of them.
class FileRanking {
 public:
  /// The best file of a release, or the reason why there is none.
  struct Best {
    std::optional<FilePlace> file;
    bool yanked = false;  ///< the file; without one, all files of the release
    std::optional<resolve::Unavailable> unavailable;
  };

  FileRanking(const std::vector<IndexEntry>& entries, const CandidateRules& rules)
      : entries_(entries), rules_(rules) {
    for (const IndexEntry& entry : entries) {
      PageTables& tables = tables_.emplace_back();
      tables.ranks.resize(entry.page.tag_sets().size());
      tables.allows_python.resize(entry.page.requires_pythons().size());
    }
  }

  [[nodiscard]] Best rank_files(const std::vector<FilePlace>& files) {
    Best best;
    std::optional<std::pair<Grade, specs::ProjectFile>> leader;
    std::optional<std::pair<UnavailableReason, FilePlace>> closest;
    bool all_yanked = true;
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
    best.unavailable = explain(closest->first, closest->second, std::move(tag_sets));
    return best;
  }

  [[nodiscard]] const UndatedFiles& undated() const { return undated_; }

 private:
  /// The lower, the better.
  using Grade = std::tuple<bool, bool, bool, std::size_t>;
  /// Indexes of an entry and of a tag set on its page.
  using TagSets = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  /// The meaning of the tables of one page, as far as it is known.
  struct PageTables {
    std::vector<std::optional<std::optional<std::size_t>>> ranks;  ///< by tag set
    std::vector<std::optional<bool>> allows_python;                ///< by Requires-Python
  };

  [[nodiscard]] specs::ProjectFile file_at(FilePlace place) const {
    return entries_[place.entry].page.file(place.file);
  }

  [[nodiscard]] std::optional<std::size_t> tag_rank(std::uint32_t entry, std::uint32_t tag_set) {
    auto& known = tables_[entry].ranks[tag_set];
    if (!known) {
      const auto tags = specs::try_parse_tags(entries_[entry].page.tag_sets()[tag_set]);
      known.emplace(tags ? rules_.tags.rank(*tags) : std::nullopt);
    }
    return *known;
  }

  [[nodiscard]] bool allows_python(std::uint32_t entry, std::uint32_t requires_python) {
    std::optional<bool>& known = tables_[entry].allows_python[requires_python];
    if (!known) {
      const auto set =
          specs::SpecifierSet::try_parse(entries_[entry].page.requires_pythons()[requires_python]);
      // As with pip, an invalid specifier set allows every Python.
      known = !set || set->contains(rules_.python_version);
    }
    return *known;
  }

  [[nodiscard]] std::optional<UnavailableReason> unavailable_reason(
      std::uint32_t entry, const specs::ProjectFile& file) {
    if (rules_.exclude_newer) {
      if (!file.upload_time) return UnavailableReason::kUnknownDate;
      if (*file.upload_time >= *rules_.exclude_newer) return UnavailableReason::kTooNew;
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
    if (has_digest(file, rules_.accepted) == false) return UnavailableReason::kOtherHash;
    return std::nullopt;
  }

  [[nodiscard]] Grade grade_of(std::uint32_t entry, const specs::ProjectFile& file) {
    return {!has_digest(file, rules_.accepted), file.yanked.has_value(), !file.is_wheel,
            file.is_wheel ? *tag_rank(entry, file.tags) : 0};
  }

  [[nodiscard]] Unavailable explain(UnavailableReason reason, FilePlace closest, TagSets tag_sets) {
    switch (reason) {
      case UnavailableReason::kNoSource:
        return {reason, "has no source distribution, and its wheels are not to be used"};
      case UnavailableReason::kUnknownDate:
        return {reason, file_at(closest).has_bad_upload_time
                            ? "has an upload time that cannot be read"
                            : "has no upload time"};
      case UnavailableReason::kTooNew:
        return {reason, "was uploaded too late"};
      case UnavailableReason::kOtherHash:
        return {reason, "has no file with a hash that the requirements demand"};
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

  const std::vector<IndexEntry>& entries_;
  const CandidateRules& rules_;
  std::vector<PageTables> tables_;  ///< by entry
  std::map<TagSets, resolve::Unavailable> mismatches_;
  UndatedFiles undated_;
};

}  // namespace

ProjectCandidates::ProjectCandidates(specs::PackageName name, std::vector<IndexEntry> entries,
                                     const CandidateRules& rules)
    : name_(std::move(name)), entries_(std::move(entries)), accepted_(rules.accepted) {
  FileRanking ranking(entries_, rules);
  // Merge the sorted releases of all pages: the newest one left is the last one of some page.
  std::vector<std::size_t> left;
  left.reserve(entries_.size());
  std::vector<std::size_t> index_ranks;  // links have that of the first index
  std::size_t indexes = 0;
  for (const IndexEntry& entry : entries_) {
    left.push_back(entry.page.release_count());
    index_ranks.push_back(entry.is_index ? indexes++ : 0);
  }
  while (true) {
    std::string_view newest;
    for (std::size_t entry = 0; entry < entries_.size(); ++entry) {
      if (left[entry] == 0) continue;
      newest = std::max(newest, entries_[entry].page.release(left[entry] - 1).version_key);
    }
    if (newest.empty()) break;
    std::vector<FilePlace> files;
    std::optional<specs::Version> version;
    for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) {
      if (left[entry] == 0) continue;
      const specs::ProjectRelease release = entries_[entry].page.release(left[entry] - 1);
      if (release.version_key != newest) continue;
      --left[entry];
      if (!version) version = release.version();
      for (std::uint32_t file = 0; file < release.file_count; ++file) {
        files.push_back({entry, release.first_file + file});
      }
    }
    FileRanking::Best best = ranking.rank_files(files);
    const std::size_t entry = best.file ? best.file->entry : files.front().entry;
    candidates_.versions.push_back({*std::move(version), best.yanked, std::move(best.unavailable),
                                    rules.first_match ? index_ranks[entry] : 0});
    best_files_.push_back(best.file);
  }
  undated_ = ranking.undated();
}

bool ProjectCandidates::are_of(const std::vector<IndexEntry>& entries) const {
  return std::ranges::equal(entries_, entries, [](const IndexEntry& own, const IndexEntry& other) {
    return own.page.bytes().data() == other.page.bytes().data();
  });
}

const FilePlace* ProjectCandidates::best_file(const specs::Version& version) const {
  const std::vector<resolve::Candidate>& versions = candidates_.versions;
  const auto found = std::ranges::lower_bound(versions, version, std::ranges::greater{},
                                              &resolve::Candidate::version);
  if (found == versions.end() || found->version != version) return nullptr;
  const auto& best = best_files_[static_cast<std::size_t>(found - versions.begin())];
  return best ? &*best : nullptr;
}

const IndexEntry* ProjectCandidates::entry_of(const specs::Version& version) const {
  const FilePlace* const best = best_file(version);
  return best == nullptr ? nullptr : &entries_[best->entry];
}

std::optional<DistributionFile> ProjectCandidates::choose(const specs::Version& version) const {
  const FilePlace* const best = best_file(version);
  if (best == nullptr) return std::nullopt;
  const IndexEntry& entry = entries_[best->entry];
  const specs::ProjectFile file = entry.page.file(best->file);
  const auto known = [](const std::vector<specs::AnnouncedDigest>& announced) {
    std::vector<KnownDigest> digests;
    digests.reserve(announced.size());
    for (const specs::AnnouncedDigest& digest : announced) {
      digests.push_back({digest.algorithm, std::string(digest.bytes), DigestSource::kIndex});
    }
    return digests;
  };
  const auto text = [](std::string_view view) { return std::string(view); };
  // Resolved here only: a page has thousands of URLs, and few of them are ever used.
  const std::optional<base::Url> url = entry.base.try_join(file.url);
  return DistributionFile{.name = name_,
                          .version = version,
                          .is_wheel = file.is_wheel,
                          .request = {.filename = text(file.filename),
                                      .url = url.value_or(entry.base),
                                      .size = file.size,
                                      .digests = known(file.digests()),
                                      .accepted = accepted_},
                          .yanked = file.yanked ? std::optional(text(*file.yanked)) : std::nullopt,
                          .provenance = text(file.provenance),
                          .has_metadata = file.has_metadata,
                          .metadata_digests = known(file.metadata_digests()),
                          .origin = entry.origin,
                          .has_address = url.has_value()};
}

const specs::Version* ProjectCandidates::likely_version(const specs::VersionSet& allowed,
                                                        bool lowest) const {
  const std::vector<resolve::Candidate>& versions = candidates_.versions;
  const auto is_better = [](const resolve::Candidate& left, const resolve::Candidate& right) {
    return std::pair(left.version.is_prerelease(), left.rank) <
           std::pair(right.version.is_prerelease(), right.rank);
  };
  const resolve::Candidate* best = nullptr;
  for (std::size_t step = 0; step < versions.size(); ++step) {
    const resolve::Candidate& candidate = versions[lowest ? versions.size() - 1 - step : step];
    if (candidate.unavailable || candidate.yanked || !allowed.contains(candidate.version)) continue;
    if (best == nullptr || is_better(candidate, *best)) best = &candidate;
    if (!best->version.is_prerelease() && best->rank == 0) break;
  }
  return best == nullptr ? nullptr : &best->version;
}

}  // namespace ensure::index
