#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/index/candidates/distribution_file.h"
#include "installer/index/pages/project_pages.h"
#include "installer/resolve/provider.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"
#include "installer/specs/versions/version_set.h"

namespace ensure::index {

/// Which files of a project may be used.
struct CandidateRules {
  const specs::TagSet& tags;
  const specs::Version& python_version;
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer;  ///< microseconds since 1970; exclusive
  std::vector<specs::HashOption> accepted;    ///< digests that the requirements demand, if any
  bool first_match = false;                   ///< versions of earlier indexes are preferred
};

/// Where a file is: the indexes of an entry, and of a file on its page.
struct FilePlace {
  std::uint32_t entry = 0;
  std::uint32_t file = 0;
};

/// Files that were ignored because the index has no upload time of them.
struct UndatedFiles {
  std::size_t count = 0;
  std::string example;  ///< the first of them
};

/// The versions of a project on all pages that list it, and the best file of each version: files
/// that match a required digest first, then not yanked before yanked, wheels before source
/// distributions, the best tag, the highest build number, and the first entry. For a version
/// without a usable file, the reason is that of the file which came closest.
class ProjectCandidates {
 public:
  ProjectCandidates(specs::PackageName name, std::vector<IndexEntry> entries,
                    const CandidateRules& rules);

  [[nodiscard]] const std::vector<IndexEntry>& entries() const { return entries_; }
  /// Whether the candidates are from these very pages in memory, not merely from equal ones.
  [[nodiscard]] bool are_of(const std::vector<IndexEntry>& entries) const;
  [[nodiscard]] const resolve::Candidates& candidates() const { return candidates_; }

  /// The file to use for a version; nullopt if there is none.
  [[nodiscard]] std::optional<DistributionFile> choose(const specs::Version& version) const;
  /// The entry that lists the chosen file of a version; null if there is none.
  [[nodiscard]] const IndexEntry* entry_of(const specs::Version& version) const;

  /// The best version among those allowed, as far as can be told without the solver; null if there
  /// is none.
  [[nodiscard]] const specs::Version* likely_version(const specs::VersionSet& allowed,
                                                     bool lowest) const;

  [[nodiscard]] const UndatedFiles& undated() const { return undated_; }

 private:
  /// The best file of a version; null if it has none.
  [[nodiscard]] const FilePlace* best_file(const specs::Version& version) const;

  specs::PackageName name_;
  std::vector<IndexEntry> entries_;
  resolve::Candidates candidates_;
  std::vector<std::optional<FilePlace>> best_files_;  ///< by index of the candidate
  std::vector<specs::HashOption> accepted_;
  UndatedFiles undated_;
};

}  // namespace ensure::index
