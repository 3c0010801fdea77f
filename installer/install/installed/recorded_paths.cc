#include "installer/install/installed/recorded_paths.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "installer/base/files.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

namespace fs = std::filesystem;

/// `path` with the links in its parent directories resolved; nullopt if it does not exist. The
/// entry itself may be a link.
std::optional<fs::path> resolved_entry(const fs::path& path) {
  const std::optional<fs::path> parent = base::real_path(path.parent_path());
  if (!parent || !base::link_status(path)) return std::nullopt;
  return *parent / path.filename();
}

}  // namespace

std::vector<fs::path> recorded_paths(const Distribution& distribution, const fs::path& target,
                                     const std::vector<fs::path>& left_out) {
  std::vector<fs::path> paths;
  const std::optional<fs::path> top = base::real_path(target);
  if (!top) return paths;
  std::vector<fs::path> excluded;
  for (const fs::path& path : left_out) {
    if (std::optional<fs::path> entry = resolved_entry(path)) excluded.push_back(*std::move(entry));
  }
  for (const specs::RecordEntry& row : recorded_rows(distribution)) {
    if (row.path.ends_with('/')) continue;
    const std::optional<fs::path> path =
        resolved_entry((distribution.site_packages / row.path).lexically_normal());
    if (!path || !base::is_at_or_below(*path, *top)) continue;
    const auto is_in = [&path](const fs::path& directory) {
      return base::is_at_or_below(*path, directory);
    };
    if (std::ranges::none_of(excluded, is_in)) paths.push_back(*path);
  }
  return paths;
}

}  // namespace ensure::install
