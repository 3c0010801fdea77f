#include "installer/install/installed/unowned_files.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

namespace fs = std::filesystem;
using base::FileType;

/// The most files that an error names.
constexpr std::size_t kNamed = 5;

/// A file that exists both staged and in the target.
struct Collision {
  fs::path staged;
  fs::path destination;  ///< with the links in its parents resolved
};

/// Resolves the links in the parents of paths, so that each file has one path.
class ResolvedPaths {
 public:
  /// The resolved path; nullopt if the directory of `path` does not exist.
  [[nodiscard]] std::optional<fs::path> of(const fs::path& path) {
    const auto [known, is_new] = parents_.try_emplace(path.parent_path());
    if (is_new) known->second = base::real_path(path.parent_path());
    if (!known->second) return std::nullopt;
    return *known->second / path.filename();
  }

 private:
  std::map<fs::path, std::optional<fs::path>> parents_;
};

/// Collects the files that exist on both sides. Ignores a file on one side with a directory on the
/// other, which the merge refuses.
void collect(const fs::path& staged, const fs::path& destination, ResolvedPaths& resolved,
             std::vector<Collision>& collisions) {
  const std::optional<base::FileStatus> wanted = base::link_status(staged);
  const std::optional<base::FileStatus> existing = base::link_status(destination);
  if (!wanted || !existing) return;
  if (wanted->type != FileType::kDirectory) {
    if (existing->type == FileType::kDirectory) return;
    if (const std::optional<fs::path> path = resolved.of(destination)) {
      collisions.push_back({staged, *path});
    }
    return;
  }
  const std::optional<base::FileStatus> followed = base::file_status(destination);
  if (!followed || followed->type != FileType::kDirectory) return;
  for (const std::string& name : base::list_directory(staged)) {
    collect(staged / name, destination / name, resolved, collisions);
  }
}

/// The module of bytecode, `NAME.py` for `__pycache__/NAME.TAG.pyc`; empty for other files.
fs::path module_of(const fs::path& path) {
  const fs::path directory = path.parent_path();
  if (path.extension() != ".pyc" || directory.filename() != "__pycache__") return {};
  const std::string name = path.filename().native();
  return directory.parent_path() / (name.substr(0, name.find('.')) + ".py");
}

bool is_bytecode_of_staged(const Collision& collision) {
  const fs::path module = module_of(collision.staged);
  return !module.empty() && base::link_status(module);
}

bool has_same_content(const Collision& collision) {
  const std::optional<base::FileStatus> staged = base::link_status(collision.staged);
  const std::optional<base::FileStatus> existing = base::link_status(collision.destination);
  if (!staged || !existing || staged->type != existing->type) return false;
  if (staged->type == FileType::kLink) {
    return fs::read_symlink(collision.staged) == fs::read_symlink(collision.destination);
  }
  // Files that are too large to be compared in memory count as different.
  return staged->type == FileType::kRegular && staged->size == existing->size &&
         staged->size <= base::kLargeText &&
         base::read_file(collision.staged) == base::read_file(collision.destination);
}

void erase_paths(std::vector<Collision>& collisions, const std::vector<fs::path>& paths,
                 ResolvedPaths& resolved) {
  for (const fs::path& path : paths) {
    const std::optional<fs::path> known = resolved.of(path);
    if (!known) continue;
    std::erase_if(collisions, [&](const Collision& collision) {
      return base::is_at_or_below(collision.destination, *known);
    });
  }
}

/// Erases the collisions whose destination is listed in a RECORD of the distributions, or is
/// bytecode of a listed module. Stops reading RECORDs once no collision is left.
void erase_recorded(std::vector<Collision>& collisions,
                    const std::vector<Distribution>& distributions, ResolvedPaths& resolved) {
  std::multimap<fs::path, std::size_t> by_path;
  for (std::size_t i = 0; i < collisions.size(); ++i) {
    by_path.emplace(collisions[i].destination, i);
    if (fs::path module = module_of(collisions[i].destination); !module.empty()) {
      by_path.emplace(std::move(module), i);
    }
  }
  std::vector<bool> is_recorded(collisions.size(), false);
  for (const Distribution& distribution : distributions) {
    if (std::ranges::find(is_recorded, false) == is_recorded.end()) break;
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      const std::optional<fs::path> path =
          resolved.of((distribution.site_packages / row.path).lexically_normal());
      if (!path) continue;
      const auto [first, last] = by_path.equal_range(*path);
      for (auto found = first; found != last; ++found) is_recorded[found->second] = true;
    }
  }
  std::vector<Collision> left;
  for (std::size_t i = 0; i < collisions.size(); ++i) {
    if (!is_recorded[i]) left.push_back(std::move(collisions[i]));
  }
  collisions = std::move(left);
}

}  // namespace

std::vector<fs::path> find_unowned_files(const std::vector<StagedTree>& trees,
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
  std::vector<fs::path> unowned;
  unowned.reserve(collisions.size());
  for (Collision& collision : collisions) unowned.push_back(std::move(collision.destination));
  return unowned;
}

void refuse_unowned_files(const std::vector<StagedTree>& trees,
                          const ReplaceableFiles& replaceable) {
  const std::vector<fs::path> unowned = find_unowned_files(trees, replaceable);
  if (unowned.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(unowned.size(), kNamed); ++i) {
    names += (i == 0 ? "`" : ", `") + unowned[i].native() + "`";
  }
  if (unowned.size() > kNamed) {
    names += " and " + std::to_string(unowned.size() - kNamed) + " more";
  }
  throw base::Error(base::ExitCode::kFileSystem,
                    "files that belong to no installed package would be replaced: " + names)
      .with_hint("move them away, or add `--force-overwrite` to replace them");
}

}  // namespace ensure::install
