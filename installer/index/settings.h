#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/tags/tag_set.h"

/// Package indexes and link pages: the versions of a project, the file and metadata of a version,
/// and downloads.
namespace ensure::index {

/// Which of several indexes a project comes from.
enum class IndexStrategy : std::uint8_t {
  kFirstIndex,        ///< the first one that has it; later ones are not even asked
  kUnsafeFirstMatch,  ///< the first one that has a version that fits; all are asked
  kUnsafeBestMatch,   ///< all of them, as with pip; any of them can replace packages of the others
};

/// The options of the user that concern indexes.
struct IndexSettings {
  /// `--index-url`, then each `--extra-index-url`, in the order written: `http:`, `https:` or
  /// `file:` URLs. The page of a project is at its name below them, with a "/" at the end.
  std::vector<base::Url> indexes;
  IndexStrategy strategy = IndexStrategy::kFirstIndex;
  /// `--find-links`: directories and files as `file:` URLs, or pages on the web.
  std::vector<base::Url> find_links;
  bool no_index = false;
  /// Nothing is downloaded: pages, metadata and wheels come from the cache, however old.
  bool offline = false;

  specs::FormatControl formats;  ///< `--only-binary`, `--no-binary`
  bool build_sdists = false;     ///< versions without a wheel may be built
  /// Microseconds since 1970; files uploaded then or later, or at an unknown time, are ignored.
  std::optional<std::int64_t> exclude_newer;

  bool require_hashes = false;
  /// By normalized name: hashes of which a file must have one.
  std::map<std::string, std::vector<specs::HashOption>> required_hashes;

  // For guessing what the solver will ask for:
  resolve::ResolutionStrategy resolution = resolve::ResolutionStrategy::kHighest;
  bool no_deps = false;
  /// Whether files will be installed, so that an offline run ignores versions whose file is not in
  /// the cache. False for `ensure lock` and `--dry-run`.
  bool wheels_needed = true;

  /// The start of the run.
  std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
};

/// Entries of index pages that were skipped, by reason.
struct SkippedEntries {
  std::size_t malformed = 0;
  std::size_t unsupported = 0;     ///< eggs, installers and the like
  std::size_t other_projects = 0;  ///< files of another project than the page's
};

}  // namespace ensure::index
