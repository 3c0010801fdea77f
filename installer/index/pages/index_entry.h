#pragma once

#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/specs/pages/project_page.h"

namespace ensure::index {

/// What one index, link page or folder has of a project.
struct IndexEntry {
  specs::ProjectPage page;
  /// What the URLs of files are relative to; with a user and password where the index was named
  /// with them and is at the same origin. A page chooses it.
  base::Url base;
  /// The URL of the page, after redirections. Its files may not come from less secure URLs.
  base::Url address;
  std::string origin;     ///< the index, link page or folder, for people
  bool is_index = false;  ///< else it was named by `--find-links`
};

/// The entry for a page that came from `source`, as the user wrote it.
[[nodiscard]] IndexEntry make_index_entry(specs::ProjectPage page, const base::Url& source,
                                          bool is_index);

/// Checks that pages of one name in several indexes are of one project (PEP 708): each has to name
/// another one in `tracks`, or both each other in `alternate-locations`. Throws `base::Error`
/// (`kNoSolution`) with the addresses of two that are not.
void check_same_project(const std::string& name, const std::vector<IndexEntry>& entries);

}  // namespace ensure::index
