#include "installer/index/candidates/project_candidates.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace ensure::index {

ProjectCandidates::ProjectCandidates(specs::PackageName name, std::vector<IndexEntry> entries,
                                     const CandidateRules& rules)
    : name_(std::move(name)), entries_(std::move(entries)), accepted_(rules.accepted) {
  FileRanking ranking(entries_, rules);
  // Merge the sorted releases of all pages: the newest one left is the last one of some page.
  std::vector<std::size_t> left;
  for (const IndexEntry& entry : entries_) left.push_back(entry.page.release_count());
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
    candidates_.versions.push_back({*std::move(version), best.yanked, std::move(best.unavailable)});
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
  return make_file(entry, entry.page.file(best->file), version);
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
  // Resolved here only: a page has thousands of URLs, and few of them are ever used.
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

const specs::Version* ProjectCandidates::likely_version(const specs::VersionSet& allowed,
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
