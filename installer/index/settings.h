#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/resolve/problem.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirement_options.h"
#include "installer/specs/tags/target_python.h"

/// Package indexes and link pages: what there is of a project, which file of a version fits, what
/// it depends on, and how it gets here.
namespace ensure::index {

/// Which index a project comes from where several have its name.
enum class IndexStrategy : std::uint8_t {
  kFirstIndex,       ///< the first one that has it; the others are not even asked
  kUnsafeBestMatch,  ///< all of them together, as pip does; whoever owns one of them can take over
};

/// The options of the user, as far as they concern indexes.
struct IndexSettings {
  /// In the order written: `--index-url`, then each `--extra-index-url`. `http:`, `https:` or
  /// `file:`; the page of a project is at its name below, with a "/" behind.
  std::vector<base::Url> indexes;
  IndexStrategy strategy = IndexStrategy::kFirstIndex;
  /// `--find-links`: folders and files as `file:` URLs, or pages on the web.
  std::vector<base::Url> find_links;
  bool no_index = false;
  /// Nothing is fetched: pages, metadata and wheels come from the cache, however old.
  bool offline = false;

  specs::FormatControl formats;  ///< `--only-binary`, `--no-binary`
  bool build_sdists = false;     ///< source distributions are usable where no wheel is
  /// Microseconds since 1970; files uploaded later, or nobody knows when, are left out.
  std::optional<std::int64_t> exclude_newer;

  bool require_hashes = false;
  /// By the normal form of the name: the digests of which a file has to have one.
  std::map<std::string, std::vector<specs::HashOption>> required_hashes;

  // To guess what the solver will ask for.
  resolve::Strategy resolution = resolve::Strategy::kHighest;
  bool no_deps = false;
  /// Offline, a version whose wheel is not in the cache counts as missing, unless nothing is to be
  /// installed (`ensure lock`, `--dry-run`).
  bool wheels_needed = true;

  /// When the run began.
  std::chrono::sys_seconds now =
      std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
};

}  // namespace ensure::index
