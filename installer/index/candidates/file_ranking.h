#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "installer/index/pages/index_entry.h"
#include "installer/resolve/provider.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/requirement_options.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// Which files of a project may be used.
struct CandidateRules {
  const specs::TagSet& tags;
  const specs::Version& python_version;
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer;  ///< microseconds since 1970
  std::vector<specs::HashOption> accepted;    ///< digests that the requirements demand, if any
};

/// Where a file is: the indexes of an entry, and of a file on its page.
struct FilePlace {
  std::uint32_t entry = 0;
  std::uint32_t file = 0;

  friend auto operator<=>(const FilePlace&, const FilePlace&) = default;
};

/// Files that were ignored because the index has no upload time of them.
struct UndatedFiles {
  std::size_t count = 0;
  std::string example;  ///< the first of them
};

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

  /// Both must outlive this.
  FileRanking(const std::vector<IndexEntry>& entries, const CandidateRules& rules);

  /// Ranks the files of one release: those that match a required digest first, then not yanked
  /// before yanked, wheels before source distributions, the best tag, the highest build number, and
  /// the first entry. Without a usable file, the reason is that of the file which came closest.
  [[nodiscard]] Best rank_files(const std::vector<FilePlace>& files);

  [[nodiscard]] const UndatedFiles& undated() const { return undated_; }

 private:
  /// The lower, the better.
  using Grade = std::tuple<int, bool, bool, std::size_t>;
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
  [[nodiscard]] std::optional<std::size_t> tag_rank(std::uint32_t entry, std::uint32_t tag_set);
  [[nodiscard]] bool allows_python(std::uint32_t entry, std::uint32_t requires_python);
  [[nodiscard]] std::optional<resolve::UnavailableReason> unavailable_reason(
      std::uint32_t entry, const specs::ProjectFile& file);
  [[nodiscard]] Grade grade_of(std::uint32_t entry, const specs::ProjectFile& file);
  [[nodiscard]] resolve::Unavailable explain(resolve::UnavailableReason reason, FilePlace closest,
                                             TagSets tag_sets);

  const std::vector<IndexEntry>& entries_;
  const CandidateRules& rules_;
  std::vector<PageTables> tables_;  ///< by entry
  std::map<TagSets, resolve::Unavailable> mismatches_;
  UndatedFiles undated_;
};

}  // namespace ensure::index
