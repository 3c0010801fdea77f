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

constexpr const char* kCacheDirectory = "__pycache__";

base::Error outside(const fs::path& file) {
  return base::Error(base::ExitCode::kVerification,
                     "RECORD lists `" + file.native() + "`, which is outside of the target")
      .with_hint("remove the project with the tool that installed it");
}

/// The files of distributions in one directory, links in their directories resolved, and what can
/// go with them.
class InstalledFiles {
 public:
  InstalledFiles(TargetTree& tree, const fs::path& directory, const std::vector<fs::path>& allowed)
      : tree_(tree), directory_(tree.resolve(directory)), allowed_{directory_} {
    for (const fs::path& path : allowed) allowed_.push_back(tree.resolve(path));
  }

  void add(const Distribution& distribution) {
    const fs::path record = distribution.dist_info / "RECORD";
    const std::optional<std::string> text = base::read_file_if_exists(record);
    if (!text) {
      throw base::Error(base::ExitCode::kVerification,
                        "`" + record.native() +
                            "` is missing, so that it is not known which files "
                            "belong to " +
                            distribution.name.as_written())
          .with_hint("remove the project with the tool that installed it");
    }
    for (const specs::RecordEntry& row : specs::parse_record(*text)) {
      if (!row.path.ends_with('/')) add(row.path);
    }
  }

  /// Leaves out what another distribution, which is in the same directory, has too.
  void keep(const Distribution& distribution) {
    for (const specs::RecordEntry& row : recorded_rows(distribution)) {
      // Ignore files outside of the target, which another tool may have installed.
      const fs::path path = (directory_ / row.path).lexically_normal();
      if (tree_.contains(path)) files_.erase(resolved_if_inside(path));
    }
  }

  void keep(const std::vector<fs::path>& own_files) {
    for (const fs::path& file : own_files) files_.erase(resolved_if_inside(file));
  }

  /// The fewest entries whose removal removes all files and nothing else.
  [[nodiscard]] std::vector<fs::path> coalesced() const {
    std::set<fs::path> tops;
    std::vector<fs::path> entries;
    for (const fs::path& file : files_) {
      if (base::is_at_or_below(file, directory_)) {
        tops.insert(directory_ / *file.lexically_relative(directory_).begin());
      } else if (base::link_status(file)) {
        entries.push_back(file);
      }
    }
    tops.insert(directory_ / kCacheDirectory);
    for (const fs::path& top : tops) collect(top, entries);
    return entries;
  }

 private:
  /// `file` with the links in its parents resolved; unchanged if one leads out of the target.
  fs::path resolved_if_inside(const fs::path& file) {
    try {
      return tree_.resolve_parents(file);
    } catch (const base::Error&) {
      return file;
    }
  }

  void add(const fs::path& listed) {
    const fs::path normal = (directory_ / listed).lexically_normal();
    if (!tree_.contains(normal) || !normal.has_filename() || normal == directory_) {
      throw outside(normal);
    }
    const fs::path file = tree_.resolve_parents(normal);
    const bool inside =
        std::any_of(allowed_.begin(), allowed_.end(), [&](const fs::path& directory) {
          return base::is_at_or_below(file, directory) && file.has_filename() && file != directory;
        });
    if (!inside) throw outside(file);
    files_.insert(file);
  }

  /// Whether `path` is bytecode of a listed file: `__pycache__/NAME.TAG.pyc` of
  /// `NAME.py`.
  [[nodiscard]] bool is_bytecode(const fs::path& path) const {
    if (path.extension() != ".pyc" || path.parent_path().filename() != kCacheDirectory)
      return false;
    const std::string name = path.filename().native();
    const std::string source = name.substr(0, name.find('.')) + ".py";
    return files_.contains(path.parent_path().parent_path() / source);
  }

  /// Adds what can be removed at or below `path`; returns whether that is all
  /// of it.
  bool collect(const fs::path& path, std::vector<fs::path>& entries) const {
    const std::optional<base::FileStatus> status = base::link_status(path);
    if (!status) return true;
    if (status->type != base::FileType::kDirectory) {
      if (!files_.contains(path) && !is_bytecode(path)) return false;
      entries.push_back(path);
      return true;
    }
    std::vector<fs::path> inside;
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
  fs::path directory_;
  std::vector<fs::path> allowed_;
  std::set<fs::path> files_;
};

}  // namespace

void remove_distribution(Transaction& transaction, const Distribution& distribution,
                         const std::vector<fs::path>& allowed) {
  remove_distributions(transaction, {distribution}, {}, allowed);
}

void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<fs::path>& allowed,
                          const std::vector<fs::path>& own_files) {
  std::map<fs::path, InstalledFiles> by_directory;
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
  // Commands of two directories, purelib and platlib, are in one.
  std::set<fs::path> entries;
  for (auto& [directory, files] : by_directory) {
    files.keep(own_files);
    for (fs::path& entry : files.coalesced()) entries.insert(std::move(entry));
  }
  for (const fs::path& entry : entries) transaction.remove(entry);
}

}  // namespace ensure::install
