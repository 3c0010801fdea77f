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

bool is_metadata(const base::Path& top) {
  const base::Path extension = top.extension();
  return extension == ".dist-info" || extension == ".egg-info" || extension == ".egg-link";
}

/// Whether a tool creates the entry, and would create it again.
bool is_generated(const base::Path& path) {
  if (path.filename() == "__pycache__" || path.extension() == ".pyc") return true;
  if (!path.parent_path().empty()) return false;
  return is_metadata(path) || std::ranges::find(kHooks, path.text()) != kHooks.end();
}

std::set<base::Path> recorded_files(const base::Path& library) {
  std::set<base::Path> files;
  for (const Distribution& distribution : find_distributions(library)) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      files.insert(base::Path(row.path).lexically_normal());
    }
  }
  return files;
}

std::optional<base::Directory> open_library(TargetTree& tree, const base::Path& library) {
  TargetTree::Nearest nearest = tree.open_nearest(tree.follow(library));
  if (tree.path_of(nearest.entry) != tree.resolve(library)) return std::nullopt;
  return std::move(nearest.directory);
}

}  // namespace

std::vector<base::Path> unowned_library_files(TargetTree& tree, const base::Path& library) {
  std::vector<base::Path> unowned;
  const std::optional<base::Directory> top = open_library(tree, library);
  if (!top) return unowned;
  const std::set<base::Path> recorded = recorded_files(library);
  std::vector<base::Path> pending{base::Path()};
  while (!pending.empty()) {
    const base::Path directory = std::move(pending.back());
    pending.pop_back();
    const base::Directory current = top->open_below(directory);
    for (const std::string& name : current.list()) {
      const base::Path path = directory / name;
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

void stage_library_files(TargetTree& tree, const base::Path& library,
                         const std::vector<base::Path>& files, const base::Directory& staged) {
  const std::optional<base::Directory> top = open_library(tree, library);
  if (!top) return;
  WheelDestination destination;
  destination.map("/", staged);
  for (const base::Path& file : files) {
    const base::Directory from = top->open_below(file.parent_path());
    const base::Directory to = destination.open_folder("/" / file.parent_path());
    if (!to.link_status(file.filename())) {
      to.link_or_copy(file.filename(), from, file.filename());
    }
  }
}

}  // namespace ensure::install
