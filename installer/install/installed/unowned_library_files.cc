#include "installer/install/installed/unowned_library_files.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "installer/install/installed/distribution.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

constexpr std::array<std::string_view, 2> kHooks = {"_virtualenv.py", "_virtualenv.pth"};

bool is_metadata(const fs::path& top) {
  const fs::path extension = top.extension();
  return extension == ".dist-info" || extension == ".egg-info" || extension == ".egg-link";
}

/// Whether a tool creates the entry, and would create it again.
bool is_generated(const fs::path& path) {
  if (path.filename() == "__pycache__" || path.extension() == ".pyc") return true;
  if (path.has_parent_path()) return false;
  return is_metadata(path) || std::ranges::find(kHooks, path.native()) != kHooks.end();
}

std::set<fs::path> recorded_files(const fs::path& library) {
  std::set<fs::path> files;
  for (const Distribution& distribution : find_distributions(library)) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      files.insert(fs::path(row.path).lexically_normal());
    }
  }
  return files;
}

std::optional<base::Directory> open_library(TargetTree& tree, const fs::path& library) {
  TargetTree::Nearest nearest = tree.open_nearest(tree.follow(library));
  if (tree.path_of(nearest.entry) != tree.resolve(library)) return std::nullopt;
  return std::move(nearest.directory);
}

}  // namespace

std::vector<fs::path> unowned_library_files(TargetTree& tree, const fs::path& library) {
  std::vector<fs::path> unowned;
  const std::optional<base::Directory> top = open_library(tree, library);
  if (!top) return unowned;
  const std::set<fs::path> recorded = recorded_files(library);
  std::vector<fs::path> pending{fs::path()};
  while (!pending.empty()) {
    const fs::path directory = std::move(pending.back());
    pending.pop_back();
    const base::Directory current = top->open_below(directory);
    for (const std::string& name : current.list()) {
      const fs::path path = directory / name;
      const std::optional<base::FileStatus> status = current.link_status(name);
      if (!status || is_generated(path)) continue;
      if (status->type == base::FileType::kDirectory) {
        pending.push_back(path);
      } else if (!recorded.contains(path)) {
        unowned.push_back(path);
      }
    }
  }
  std::ranges::sort(unowned);
  return unowned;
}

void stage_library_files(TargetTree& tree, const fs::path& library,
                         const std::vector<fs::path>& files, const base::Directory& staged) {
  const std::optional<base::Directory> top = open_library(tree, library);
  if (!top) return;
  WheelDestination destination;
  destination.map("/", staged);
  for (const fs::path& file : files) {
    const base::Directory from = top->open_below(file.parent_path());
    const base::Directory to = destination.open_directory("/" / file.parent_path());
    if (!to.link_status(file.filename())) {
      to.link_or_copy(file.filename(), from, file.filename());
    }
  }
}

}  // namespace ensure::install
