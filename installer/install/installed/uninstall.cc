#include "installer/install/installed/uninstall.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

constexpr const char* kCacheFolder = "__pycache__";

base::Error outside(const base::Path& file) {
  return base::Error(base::ExitCode::kVerification,
                     "RECORD lists `" + file.text() + "`, which is outside of the target")
      .with_hint("remove the project with the tool that installed it");
}

/// The files of distributions in one folder, links in their folders resolved, and what can go with
/// them.
class InstalledFiles {
 public:
  InstalledFiles(TargetTree& tree, const base::Path& folder, const std::vector<base::Path>& allowed)
      : tree_(tree), folder_(tree.resolve(folder)), allowed_{folder_} {
    for (const base::Path& path : allowed) allowed_.push_back(tree.resolve(path));
  }

  void add(const Distribution& distribution) {
    const base::Path record = distribution.dist_info / "RECORD";
    const std::optional<std::string> text = base::read_file_if_exists(record);
    if (!text) {
      throw base::Error(base::ExitCode::kVerification,
                        "`" + record.text() +
                            "` is missing, so that it is not known which files "
                            "belong to " +
                            distribution.name.as_written())
          .with_hint("remove the project with the tool that installed it");
    }
    for (const specs::RecordEntry& row : specs::parse_record(*text)) {
      if (!row.path.ends_with('/')) add(row.path);
    }
  }

  /// Leaves out what another distribution, which is in the same folder, has too.
  void keep(const Distribution& distribution) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      // Ignore files outside of the target, which another tool may have installed.
      const base::Path path = (folder_ / row.path).lexically_normal();
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
      if (base::is_at_or_below(file, folder_)) {
        tops.insert(folder_ / *file.lexically_relative(folder_).begin());
      } else if (base::link_status(file)) {
        entries.push_back(file);
      }
    }
    tops.insert(folder_ / kCacheFolder);
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
    const base::Path normal = (folder_ / listed).lexically_normal();
    if (!tree_.contains(normal) || !normal.has_filename() || normal == folder_) {
      throw outside(normal);
    }
    const base::Path file = tree_.resolve_parents(normal);
    const bool inside =
        std::any_of(allowed_.begin(), allowed_.end(), [&](const base::Path& folder) {
          return base::is_at_or_below(file, folder) && file.has_filename() && file != folder;
        });
    if (!inside) throw outside(file);
    files_.insert(file);
  }

  /// Whether `path` is bytecode of a listed file: `__pycache__/NAME.TAG.pyc` of
  /// `NAME.py`.
  [[nodiscard]] bool is_bytecode(const base::Path& path) const {
    if (path.extension() != ".pyc" || path.parent_path().filename() != kCacheFolder) return false;
    const std::string name = path.filename().text();
    const std::string source = name.substr(0, name.find('.')) + ".py";
    return files_.contains(path.parent_path().parent_path() / source);
  }

  /// Adds what can be removed at or below `path`; returns whether that is all
  /// of it.
  bool collect(const base::Path& path, std::vector<base::Path>& entries) const {
    const std::optional<base::FileStatus> status = base::link_status(path);
    if (!status) return true;
    if (status->type != base::FileType::kDirectory) {
      if (!files_.contains(path) && !is_bytecode(path)) return false;
      entries.push_back(path);
      return true;
    }
    std::vector<base::Path> inside;
    bool all = true;
    const std::vector<std::string> names = base::list_directory(path);
    for (const std::string& name : names) all = collect(path / name, inside) && all;
    if (all) {
      entries.push_back(path);
    } else {
      std::move(inside.begin(), inside.end(), std::back_inserter(entries));
    }
    return all;
  }

  TargetTree& tree_;
  base::Path folder_;
  std::vector<base::Path> allowed_;
  std::set<base::Path> files_;
};

}  // namespace

void remove_distribution(Transaction& transaction, const Distribution& distribution,
                         const std::vector<base::Path>& allowed) {
  remove_distributions(transaction, {distribution}, {}, allowed);
}

void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<base::Path>& allowed,
                          const std::vector<base::Path>& own_files) {
  std::map<base::Path, InstalledFiles> by_folder;
  for (const Distribution& distribution : removed) {
    by_folder.try_emplace(distribution.folder, transaction.tree(), distribution.folder, allowed)
        .first->second.add(distribution);
  }
  for (const Distribution& distribution : kept) {
    const auto found = by_folder.find(distribution.folder);
    if (found != by_folder.end()) found->second.keep(distribution);
  }
  // Commands of two folders, purelib and platlib, are in one.
  std::set<base::Path> entries;
  for (auto& [folder, files] : by_folder) {
    files.keep(own_files);
    for (base::Path& entry : files.coalesced()) entries.insert(std::move(entry));
  }
  for (const base::Path& entry : entries) transaction.remove(entry);
}

}  // namespace ensure::install
