#include "installer/install/installed/unowned_files.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "installer/base/error.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

using base::FileType;

/// The most files that an error names.
constexpr std::size_t kNamed = 5;

/// A file that exists both staged and in the target.
struct Collision {
  base::Path staged;
  base::Path destination;  ///< with the links in its parents resolved
  bool is_recorded = false;
};

/// Resolves the links in the parents of paths, so that each file has one path.
class ResolvedPaths {
 public:
  /// The resolved path; nullopt if the directory of `path` does not exist.
  [[nodiscard]] std::optional<base::Path> of(const base::Path& path) {
    const auto [known, is_new] = parents_.try_emplace(path.parent_path());
    if (is_new) known->second = base::real_path(path.parent_path());
    if (!known->second) return std::nullopt;
    return *known->second / path.filename();
  }

 private:
  std::map<base::Path, std::optional<base::Path>> parents_;
};

/// Collects the files that exist on both sides. Ignores a file on one side with a directory on the
/// other, which the merge refuses.
void collect(const base::Path& staged, const base::Path& destination, ResolvedPaths& resolved,
             std::vector<Collision>& collisions) {
  const std::optional<base::FileStatus> wanted = base::link_status(staged);
  const std::optional<base::FileStatus> existing = base::link_status(destination);
  if (!wanted || !existing) return;
  if (wanted->type != FileType::kDirectory) {
    if (existing->type == FileType::kDirectory) return;
    if (const std::optional<base::Path> path = resolved.of(destination)) {
      collisions.push_back({.staged = staged, .destination = *path});
    }
    return;
  }
  const std::optional<base::FileStatus> followed = base::file_status(destination);
  if (!followed || followed->type != FileType::kDirectory) return;
  for (const std::string& name : base::list_directory(staged)) {
    collect(staged / name, destination / name, resolved, collisions);
  }
}

bool is_bytecode_of_staged(const Collision& collision) {
  const std::string module = module_of_bytecode(collision.staged.text());
  return !module.empty() && base::link_status(module);
}

bool has_same_content(const Collision& collision) {
  const std::optional<base::FileStatus> staged = base::link_status(collision.staged);
  const std::optional<base::FileStatus> existing = base::link_status(collision.destination);
  if (!staged || !existing || staged->type != existing->type) return false;
  if (staged->type == FileType::kLink) {
    return base::read_link(collision.staged) == base::read_link(collision.destination);
  }
  // Files that are too large to be compared in memory count as different.
  return staged->type == FileType::kRegular && staged->size == existing->size &&
         staged->size <= base::kLargeText &&
         base::read_file(collision.staged) == base::read_file(collision.destination);
}

/// Whether `path` or a directory above it is one of `paths`.
bool is_in(const std::set<base::Path>& paths, base::Path path) {
  while (!paths.contains(path)) {
    if (!path.has_relative_path()) return false;
    path = path.parent_path();
  }
  return true;
}

void erase_paths(std::vector<Collision>& collisions, const std::vector<base::Path>& paths,
                 ResolvedPaths& resolved) {
  std::set<base::Path> known;
  for (const base::Path& path : paths) {
    if (std::optional<base::Path> one = resolved.of(path)) known.insert(*std::move(one));
  }
  std::erase_if(collisions,
                [&](const Collision& collision) { return is_in(known, collision.destination); });
}

/// Erases the collisions whose destination is listed in a RECORD of the distributions, or is
/// bytecode of a listed module. Stops reading RECORDs once no collision is left.
void erase_recorded(std::vector<Collision>& collisions,
                    const std::vector<Distribution>& distributions, ResolvedPaths& resolved) {
  std::unordered_multimap<std::string, Collision*> by_path;
  for (Collision& collision : collisions) {
    by_path.emplace(collision.destination.text(), &collision);
    std::string module = module_of_bytecode(collision.destination.text());
    if (!module.empty()) by_path.emplace(std::move(module), &collision);
  }
  std::size_t left = collisions.size();
  for (const Distribution& distribution : distributions) {
    if (left == 0) break;
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      const std::optional<base::Path> path =
          resolved.of((distribution.site_packages / row.path).lexically_normal());
      if (!path) continue;
      const auto [first, last] = by_path.equal_range(path->text());
      for (auto found = first; found != last; ++found) {
        if (!std::exchange(found->second->is_recorded, true)) --left;
      }
      by_path.erase(first, last);  // so that repeated rows cost nothing
    }
  }
  std::erase_if(collisions, [](const Collision& collision) { return collision.is_recorded; });
}

/// Whether a tool creates the entry, and would create it again.
bool is_generated(const base::Path& path) {
  const base::Path extension = path.extension();
  if (path.filename() == "__pycache__" || extension == ".pyc") return true;
  if (!path.parent_path().empty()) return false;
  return extension == ".dist-info" || extension == ".egg-info" || extension == ".egg-link" ||
         path == "_virtualenv.py" || path == "_virtualenv.pth";
}

std::optional<base::Directory> open_library(TargetTree& tree, const base::Path& library) {
  TargetTree::Nearest nearest = tree.open_nearest(tree.follow(library));
  if (tree.path_of(nearest.entry) != tree.resolve(library)) return std::nullopt;
  return std::move(nearest.directory);
}

}  // namespace

std::vector<base::Path> find_unowned_files(const std::vector<StagedTree>& trees,
                                           const ReplaceableFiles& replaceable) {
  ResolvedPaths resolved;
  std::vector<Collision> collisions;
  for (const StagedTree& tree : trees) {
    collect(tree.staged, tree.destination, resolved, collisions);
  }
  std::erase_if(collisions, is_bytecode_of_staged);
  erase_paths(collisions, replaceable.paths, resolved);
  erase_recorded(collisions, replaceable.distributions, resolved);
  std::erase_if(collisions, has_same_content);
  std::vector<base::Path> unowned;
  unowned.reserve(collisions.size());
  for (Collision& collision : collisions) unowned.push_back(std::move(collision.destination));
  return unowned;
}

void refuse_unowned_files(const std::vector<StagedTree>& trees,
                          const ReplaceableFiles& replaceable) {
  const std::vector<base::Path> unowned = find_unowned_files(trees, replaceable);
  if (unowned.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(unowned.size(), kNamed); ++i) {
    names += (i == 0 ? "`" : ", `") + unowned[i].text() + "`";
  }
  if (unowned.size() > kNamed) {
    names += " and " + std::to_string(unowned.size() - kNamed) + " more";
  }
  throw base::Error(base::ExitCode::kFileSystem,
                    "files that belong to no installed package would be replaced: " + names)
      .with_hint("move them away, or add `--force-overwrite` to replace them");
}

std::vector<base::Path> unowned_library_files(TargetTree& tree, const base::Path& library) {
  std::vector<base::Path> unowned;
  const std::optional<base::Directory> top = open_library(tree, library);
  if (!top) return unowned;
  std::set<base::Path> recorded;
  for (const Distribution& distribution : find_distributions(library)) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      recorded.insert(base::Path(row.path).lexically_normal());
    }
  }
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
    const base::Directory to =
        destination.open_directory(base::TargetPath("/") / file.parent_path());
    if (!to.link_status(file.filename())) {
      to.link_or_copy(file.filename(), from, file.filename());
    }
  }
}

}  // namespace ensure::install
