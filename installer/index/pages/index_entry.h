#pragma once

#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/specs/pages/project_page.h"

namespace ensure::index {

/// The files that one index, link page or directory lists for a project.
struct IndexEntry {
  specs::ProjectPage page;
  /// The base of relative file URLs, which the page chooses; with the user and password of the
  /// index if it is at the same origin.
  base::Url base;
  /// The URL of the page after redirects. Its files must not come from less secure URLs.
  base::Url address;
  std::string origin;     ///< the index, link page or directory, for messages
  bool is_index = false;  ///< otherwise it is from `--find-links`
};

/// The entry for a page from `source`, as the user wrote it.
[[nodiscard]] IndexEntry make_index_entry(specs::ProjectPage page, const base::Url& source,
                                          bool is_index);

/// Checks that the pages in several indexes are for one project (PEP 708): each has to name another
/// one in `tracks`, or both each other in `alternate-locations`. Throws `base::Error`
/// (`kNoSolution`) with the URLs of two that do not.
void check_same_project(const std::string& name, const std::vector<IndexEntry>& entries);

}  // namespace ensure::index
