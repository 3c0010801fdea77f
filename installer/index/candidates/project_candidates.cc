#include "installer/index/candidates/project_candidates.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "installer/base/digest.h"
#include "installer/index/pages/page_tables.h"
#include "installer/resolve/explanation/tag_mismatch.h"
#include "installer/resolve/solver/release_files.h"
#include "installer/specs/tags/tags.h"

namespace ensure::index {
namespace {

using resolve::UnavailableReason;

/// How well a file fits the digests that the requirements demand.
enum class DigestFit : std::uint8_t { kRight, kUnknown, kWrong };

DigestFit fit_of(const specs::ProjectFile& file, const std::vector<specs::HashOption>& accepted) {
  if (accepted.empty()) return DigestFit::kRight;
  bool is_comparable = false;
  for (const specs::AnnouncedDigest& digest : file.digests()) {
    for (const specs::HashOption& hash : accepted) {
      if (hash.algorithm != name_of(digest.algorithm)) continue;
      is_comparable = true;
      if (hash.hexadecimal == base::to_hex(digest.bytes)) return DigestFit::kRight;
    }
  }
  return is_comparable ? DigestFit::kWrong : DigestFit::kUnknown;
}

/// The digits that a build number begins with, without leading zeros, and the rest.
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

}  // namespace

/// Looks at files one after the other, and keeps the best of a release.
class ProjectCandidates::Judge {
 public:
  Judge(const std::vector<IndexEntry>& entries, const CandidateRules& rules)
      : entries_(entries), rules_(rules) {
    for (const IndexEntry& entry : entries) {
      tables_.emplace_back(entry.page, rules.tags, rules.python_version);
    }
  }

  void start_release() {
    best_ = {};
    grade_.reset();
    nearest_.reset();
    is_any_ = false;
    all_yanked_ = true;
    tag_sets_.clear();
  }

  void look_at(std::uint32_t entry, std::uint32_t place) {
    const specs::ProjectFile file = entries_[entry].page.file(place);
    is_any_ = true;
    all_yanked_ = all_yanked_ && file.yanked;
    if (file.is_wheel) tag_sets_.emplace_back(entry, file.tags);
    const std::optional<UnavailableReason> obstacle = obstacle_of(entry, file);
    if (obstacle) {
      if (*obstacle == UnavailableReason::kUnknownDate && undated.count++ == 0) {
        undated.example = file.filename;
      }
      if (!nearest_ || resolve::nearness(*obstacle) > resolve::nearness(nearest_->first)) {
        nearest_.emplace(*obstacle, Pick{entry, place});
      }
      return;
    }
    const Grade grade = grade_of(entry, file);
    const bool is_better = !grade_ || grade < *grade_ ||
                           (grade == *grade_ && is_higher_build(file.build, best_file().build));
    if (!is_better) return;
    best_ = {entry, place};
    grade_ = grade;
  }

  [[nodiscard]] const Pick& best() const { return best_; }
  [[nodiscard]] bool is_yanked() const {
    if (best_.file != kNone) return best_file().yanked.has_value();
    return is_any_ && all_yanked_;
  }

  /// Where there is no best file.
  [[nodiscard]] std::optional<resolve::Unavailable> unusable() {
    if (best_.file != kNone) return std::nullopt;
    if (!nearest_) return resolve::Unavailable{UnavailableReason::kNoFiles, "has no files"};
    if (nearest_->first == UnavailableReason::kNoMatchingWheel) return mismatch();
    return resolve::Unavailable{nearest_->first, reason()};
  }

  Undated undated;

 private:
  /// The lower, the better.
  using Grade = std::tuple<DigestFit, bool, bool, std::size_t>;

  [[nodiscard]] specs::ProjectFile best_file() const {
    return entries_[best_.entry].page.file(best_.file);
  }

  [[nodiscard]] std::optional<UnavailableReason> obstacle_of(std::uint32_t entry,
                                                             const specs::ProjectFile& file) {
    PageTables& tables = tables_[entry];
    if (rules_.exclude_newer) {
      if (!file.upload_time) return UnavailableReason::kUnknownDate;
      if (*file.upload_time > *rules_.exclude_newer) return UnavailableReason::kTooNew;
    }
    if (file.is_wheel) {
      if (!rules_.wheels) return UnavailableReason::kNoSource;
      if (!tables.rank(file.tags)) return UnavailableReason::kNoMatchingWheel;
    } else if (!rules_.sources) {
      return UnavailableReason::kSourceOnly;
    }
    if (file.requires_python && !tables.allows_python(*file.requires_python)) {
      return UnavailableReason::kRequiresPython;
    }
    return std::nullopt;
  }

  [[nodiscard]] Grade grade_of(std::uint32_t entry, const specs::ProjectFile& file) {
    return {fit_of(file, rules_.accepted), file.yanked.has_value(), !file.is_wheel,
            file.is_wheel ? *tables_[entry].rank(file.tags) : 0};
  }

  [[nodiscard]] std::string reason() const {
    const UnavailableReason obstacle = nearest_->first;
    if (obstacle != UnavailableReason::kRequiresPython) return resolve::describe(obstacle, nullptr);
    const specs::SpecifierSet requires_python = this->requires_python();
    return resolve::describe(obstacle, &requires_python);
  }

  [[nodiscard]] specs::SpecifierSet requires_python() const {
    const specs::ProjectPage& page = entries_[nearest_->second.entry].page;
    const auto place = page.file(nearest_->second.file).requires_python;
    const std::string_view text = page.requires_pythons()[*place];
    return specs::SpecifierSet::parse(text);
  }

  /// Neighbouring releases mostly have the same ones.
  const resolve::Unavailable& mismatch() {
    std::ranges::sort(tag_sets_);
    const auto repeated = std::ranges::unique(tag_sets_);
    tag_sets_.erase(repeated.begin(), repeated.end());
    const auto known = mismatches_.find(tag_sets_);
    if (known != mismatches_.end()) return known->second;
    std::vector<specs::Tag> tags;
    for (const auto& [entry, place] : tag_sets_) {
      const auto parsed = specs::try_parse_tags(entries_[entry].page.tag_sets()[place]);
      if (parsed) tags.insert(tags.end(), parsed->begin(), parsed->end());
    }
    std::ranges::sort(tags);  // as the solver's own rules have them, whatever page they are from
    return mismatches_.emplace(tag_sets_, resolve::tag_mismatch(tags, rules_.tags)).first->second;
  }

  using TagSets = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  ///< entry and tag set

  const std::vector<IndexEntry>& entries_;
  const CandidateRules& rules_;
  std::vector<PageTables> tables_;
  std::map<TagSets, resolve::Unavailable> mismatches_;
  // Of the release that is looked at:
  Pick best_;
  std::optional<Grade> grade_;
  std::optional<std::pair<UnavailableReason, Pick>> nearest_;
  bool is_any_ = false;
  bool all_yanked_ = true;
  TagSets tag_sets_;
};

ProjectCandidates::ProjectCandidates(specs::PackageName name, std::vector<IndexEntry> entries,
                                     const CandidateRules& rules)
    : name_(std::move(name)), entries_(std::move(entries)), accepted_(rules.accepted) {
  Judge judge(entries_, rules);
  // The releases of every entry are sorted: the newest that is left is the last of one of them.
  std::vector<std::size_t> left;
  std::size_t most = 0;
  for (const IndexEntry& entry : entries_) {
    left.push_back(entry.page.release_count());
    most += left.back();
  }
  candidates_.versions.reserve(most);
  picks_.reserve(most);
  std::vector<std::size_t> parts;
  while (true) {
    std::string_view newest;
    parts.clear();
    for (std::size_t place = 0; place < entries_.size(); ++place) {
      if (left[place] == 0) continue;
      const std::string_view key = entries_[place].page.release(left[place] - 1).version_key;
      if (key < newest) continue;
      if (key > newest) parts.clear();
      newest = key;
      parts.push_back(place);
    }
    if (parts.empty()) break;
    for (const std::size_t part : parts) --left[part];
    add_release(parts, left, judge);
  }
  undated_ = judge.undated;
}

void ProjectCandidates::add_release(const std::vector<std::size_t>& parts,
                                    const std::vector<std::size_t>& releases, Judge& judge) {
  judge.start_release();
  for (const std::size_t part : parts) {
    const specs::ProjectRelease release = entries_[part].page.release(releases[part]);
    for (std::uint32_t file = 0; file < release.file_count; ++file) {
      judge.look_at(static_cast<std::uint32_t>(part), release.first_file + file);
    }
  }
  const std::size_t first = parts.front();
  candidates_.versions.push_back({entries_[first].page.release(releases[first]).version(),
                                  judge.is_yanked(), judge.unusable()});
  picks_.push_back(judge.best());
}

bool ProjectCandidates::are_of(const std::vector<IndexEntry>& entries) const {
  return std::ranges::equal(entries_, entries, [](const IndexEntry& own, const IndexEntry& other) {
    return own.page.bytes().data() == other.page.bytes().data();
  });
}

std::optional<std::size_t> ProjectCandidates::place_of(const specs::Version& version) const {
  const std::vector<resolve::Candidate>& versions = candidates_.versions;
  const auto found = std::ranges::lower_bound(versions, version, std::ranges::greater{},
                                              &resolve::Candidate::version);
  if (found == versions.end() || found->version != version) return std::nullopt;
  return static_cast<std::size_t>(found - versions.begin());
}

const IndexEntry* ProjectCandidates::entry_of(const specs::Version& version) const {
  const auto place = place_of(version);
  if (!place || picks_[*place].file == kNone) return nullptr;
  return &entries_[picks_[*place].entry];
}

std::optional<DistributionFile> ProjectCandidates::choose(const specs::Version& version) const {
  const auto place = place_of(version);
  if (!place || picks_[*place].file == kNone) return std::nullopt;
  const IndexEntry& entry = entries_[picks_[*place].entry];
  return make_file(entry, entry.page.file(picks_[*place].file), version);
}

std::vector<DistributionFile> ProjectCandidates::files_of(const specs::Version& version) const {
  std::vector<DistributionFile> files;
  for (const IndexEntry& entry : entries_) {
    const auto place = entry.page.find_release(version);
    if (!place) continue;
    const specs::ProjectRelease release = entry.page.release(*place);
    files.reserve(files.size() + release.file_count);
    for (std::uint32_t file = 0; file < release.file_count; ++file) {
      files.push_back(make_file(entry, entry.page.file(release.first_file + file), version));
    }
  }
  return files;
}

DistributionFile ProjectCandidates::make_file(const IndexEntry& entry,
                                              const specs::ProjectFile& file,
                                              const specs::Version& version) const {
  const auto known = [](const std::vector<specs::AnnouncedDigest>& announced) {
    std::vector<KnownDigest> digests;
    digests.reserve(announced.size());
    for (const specs::AnnouncedDigest& digest : announced) {
      digests.push_back({digest.algorithm, std::string(digest.bytes), DigestSource::kIndex});
    }
    return digests;
  };
  const auto text = [](std::string_view view) { return std::string(view); };
  // Looked at here alone: a page has thousands of addresses, and few are ever used.
  const std::optional<base::Url> url = entry.base.try_join(file.url);
  DistributionFile result{.name = name_,
                          .version = version,
                          .is_wheel = file.is_wheel,
                          .request = {.filename = text(file.filename),
                                      .url = url.value_or(entry.base),
                                      .size = file.size,
                                      .digests = known(file.digests()),
                                      .accepted = accepted_},
                          .upload_time = file.upload_time,
                          .requires_python = std::nullopt,
                          .yanked = file.yanked ? std::optional(text(*file.yanked)) : std::nullopt,
                          .provenance = text(file.provenance),
                          .has_metadata = file.has_metadata,
                          .metadata_digests = known(file.metadata_digests()),
                          .origin = entry.origin,
                          .has_address = url.has_value()};
  if (file.requires_python) {
    result.requires_python = text(entry.page.requires_pythons()[*file.requires_python]);
  }
  return result;
}

const specs::Version* ProjectCandidates::guess(const specs::VersionSet& allowed,
                                               bool lowest) const {
  const std::vector<resolve::Candidate>& versions = candidates_.versions;
  const specs::Version* prerelease = nullptr;
  for (std::size_t step = 0; step < versions.size(); ++step) {
    const resolve::Candidate& candidate = versions[lowest ? versions.size() - 1 - step : step];
    if (candidate.unavailable || candidate.yanked || !allowed.contains(candidate.version)) continue;
    if (!candidate.version.is_prerelease()) return &candidate.version;
    if (prerelease == nullptr) prerelease = &candidate.version;
  }
  return prerelease;
}

}  // namespace ensure::index
