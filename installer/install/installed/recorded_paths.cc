#include "installer/install/installed/recorded_paths.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "installer/base/files.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

/// `path` with the links in its parent directories resolved; nullopt if it does not exist. The
/// entry itself may be a link.
std::optional<base::Path> resolved_entry(const base::Path& path) {
  const std::optional<base::Path> parent = base::real_path(path.parent_path());
  if (!parent || !base::link_status(path)) return std::nullopt;
  return *parent / path.filename();
}

}  // namespace

std::vector<base::Path> recorded_paths(const Distribution& distribution, const base::Path& target,
                                       const std::vector<base::Path>& left_out) {
  std::vector<base::Path> paths;
  const std::optional<base::Path> top = base::real_path(target);
  if (!top) return paths;
  std::vector<base::Path> excluded;
  for (const base::Path& path : left_out) {
    if (std::optional<base::Path> entry = resolved_entry(path))
      excluded.push_back(*std::move(entry));
  }
  for (const specs::RecordEntry& row : recorded_rows(distribution)) {
    if (row.path.ends_with('/')) continue;
    const std::optional<base::Path> path =
        resolved_entry((distribution.folder / row.path).lexically_normal());
    if (!path || !base::is_at_or_below(*path, *top)) continue;
    const auto is_in = [&path](const base::Path& folder) {
      return base::is_at_or_below(*path, folder);
    };
    if (std::ranges::none_of(excluded, is_in)) paths.push_back(*path);
  }
  return paths;
}

}  // namespace ensure::install
