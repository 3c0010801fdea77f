#include "installer/install/installed/uninstall.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

constexpr const char* kBytecodeDirectory = "__pycache__";

base::Error outside(const base::Path& file) {
  return base::Error(base::ExitCode::kVerification,
                     "RECORD lists `" + file.text() + "`, which is outside of the target")
      .with_hint("remove the project with the tool that installed it");
}

/// The files of distributions in one directory, with the links in their parents resolved.
class InstalledFiles {
 public:
  InstalledFiles(TargetTree& tree, const base::Path& directory,
                 const std::vector<base::Path>& allowed)
      : tree_(tree), directory_(tree.resolve(directory)), allowed_{directory_} {
    for (const base::Path& path : allowed) allowed_.push_back(tree.resolve(path));
  }

  void add(const Distribution& distribution) {
    const base::Path record = distribution.dist_info / "RECORD";
    const std::optional<std::string> text = base::read_file_if_exists(record);
    if (!text) {
      throw base::Error(base::ExitCode::kVerification,
                        "`" + record.text() + "` is missing, so the files of " +
                            distribution.name.as_written() + " are unknown")
          .with_hint("remove the project with the tool that installed it");
    }
    for (const specs::RecordEntry& row : specs::parse_record(*text)) {
      if (!row.path.ends_with('/')) add(row.path);
    }
  }

  /// Keeps the files of another distribution in the same directory.
  void keep(const Distribution& distribution) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      // Ignore files outside of the target, which another tool may have installed.
      const base::Path path = (directory_ / row.path).lexically_normal();
      if (tree_.contains(path)) files_.erase(resolved_if_inside(path));
    }
  }

  void keep(const std::vector<base::Path>& own_files) {
    for (const base::Path& file : own_files) files_.erase(resolved_if_inside(file));
  }

  /// The fewest entries whose removal removes all files and nothing else.
  [[nodiscard]] std::vector<base::Path> coalesced() const {
    std::set<base::Path> tops;
    std::vector<base::Path> entries;
    for (const base::Path& file : files_) {
      if (base::is_at_or_below(file, directory_)) {
        tops.insert(directory_ / *file.lexically_relative(directory_).begin());
      } else if (base::link_status(file)) {
        entries.push_back(file);
      }
    }
    tops.insert(directory_ / kBytecodeDirectory);
    for (const base::Path& top : tops) collect(top, entries);
    return entries;
  }

 private:
  /// `file` with the links in its parents resolved; unchanged if one leads out of the target.
  base::Path resolved_if_inside(const base::Path& file) {
    try {
      return tree_.resolve_parents(file);
    } catch (const base::Error&) {
      return file;
    }
  }

  void add(const base::Path& listed) {
    const base::Path normal = (directory_ / listed).lexically_normal();
    if (!tree_.contains(normal) || !normal.has_filename() || normal == directory_) {
      throw outside(normal);
    }
    const base::Path file = tree_.resolve_parents(normal);
    const bool inside =
        std::any_of(allowed_.begin(), allowed_.end(), [&](const base::Path& directory) {
          return base::is_at_or_below(file, directory) && file.has_filename() && file != directory;
        });
    if (!inside) throw outside(file);
    files_.insert(file);
  }

  /// Adds the entries at or below `path` that can be removed. Returns whether that is everything.
  bool collect(const base::Path& path, std::vector<base::Path>& entries) const {
    const std::optional<base::FileStatus> status = base::link_status(path);
    if (!status) return true;
    if (status->type != base::FileType::kDirectory) {
      if (!files_.contains(path) && !files_.contains(module_of_bytecode(path.text()))) return false;
      entries.push_back(path);
      return true;
    }
    std::vector<base::Path> inside;
    bool all = true;
    for (const std::string& name : base::list_directory(path))
      all = collect(path / name, inside) && all;
    if (all) {
      entries.push_back(path);
    } else {
      std::move(inside.begin(), inside.end(), std::back_inserter(entries));
    }
    return all;
  }

  TargetTree& tree_;
  base::Path directory_;
  std::vector<base::Path> allowed_;
  std::set<base::Path> files_;
};

}  // namespace

void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<base::Path>& allowed,
                          const std::vector<base::Path>& own_files) {
  std::map<base::Path, InstalledFiles> by_directory;
  for (const Distribution& distribution : removed) {
    by_directory
        .try_emplace(distribution.site_packages, transaction.tree(), distribution.site_packages,
                     allowed)
        .first->second.add(distribution);
  }
  for (const Distribution& distribution : kept) {
    const auto found = by_directory.find(distribution.site_packages);
    if (found != by_directory.end()) found->second.keep(distribution);
  }
  // Commands of distributions in purelib and in platlib are in one directory.
  std::set<base::Path> entries;
  for (auto& [directory, files] : by_directory) {
    files.keep(own_files);
    for (base::Path& entry : files.coalesced()) entries.insert(std::move(entry));
  }
  for (const base::Path& entry : entries) transaction.remove(entry);
}

}  // namespace ensure::install
