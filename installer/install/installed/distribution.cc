#include "installer/install/installed/distribution.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/install/transaction/transaction.h"
#include "installer/specs/metadata/record.h"

namespace ensure::install {

namespace {

std::optional<Distribution> try_read(const base::Path& directory, std::string_view entry) {
  constexpr std::string_view kSuffix = ".dist-info";
  if (!entry.ends_with(kSuffix)) return std::nullopt;
  const std::string_view stem = entry.substr(0, entry.size() - kSuffix.size());
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::optional<specs::PackageName> name = specs::PackageName::try_parse(stem.substr(0, dash));
  std::optional<specs::Version> version = specs::Version::try_parse(stem.substr(dash + 1));
  if (!name || !version) return std::nullopt;
  return Distribution{*std::move(name), *std::move(version), directory, directory / entry};
}

/// virtualenv also lists the directories of bytecode, which do not exist before it is written.
bool is_bytecode(std::string_view path) {
  return path.ends_with(".pyc") || path.ends_with("/__pycache__") || path == "__pycache__";
}

/// `path` with the links in its parent directories resolved; nullopt if it does not exist. The
/// entry itself may be a link.
std::optional<base::Path> resolved_entry(const base::Path& path) {
  const std::optional<base::Path> parent = base::real_path(path.parent_path());
  if (!parent || !base::link_status(path)) return std::nullopt;
  return *parent / path.filename();
}

/// Whether `has_content_of` compares the file: not those that the installer itself writes.
bool is_compared(const specs::RecordEntry& row) {
  constexpr std::array<std::string_view, 4> kInstallerFiles = {"/INSTALLER", "/REQUESTED",
                                                               "/RECORD", "/direct_url.json"};
  const std::string_view path = row.path;
  if (row.digest.empty() || path.starts_with("../") || path.starts_with('/')) return false;
  const std::string_view top = path.substr(0, path.find('/'));
  if (top.ends_with(".data")) return false;
  return !top.ends_with(".dist-info") ||
         std::ranges::none_of(kInstallerFiles,
                              [path](std::string_view name) { return path.ends_with(name); });
}

std::map<std::string, std::string> digests_of(const std::vector<specs::RecordEntry>& rows) {
  std::map<std::string, std::string> digests;
  for (const specs::RecordEntry& row : rows) {
    if (is_compared(row)) digests.emplace(row.path, row.algorithm + '=' + row.digest);
  }
  return digests;
}

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
    tops.insert(directory_ / "__pycache__");
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
    const auto contains_file = [&](const base::Path& directory) {
      return base::is_at_or_below(file, directory) && file.has_filename() && file != directory;
    };
    if (std::ranges::none_of(allowed_, contains_file)) throw outside(file);
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
      std::ranges::move(inside, std::back_inserter(entries));
    }
    return all;
  }

  TargetTree& tree_;
  base::Path directory_;
  std::vector<base::Path> allowed_;
  std::set<base::Path> files_;
};

}  // namespace

std::vector<Distribution> find_distributions(const base::Path& site_packages) {
  std::vector<Distribution> distributions;
  if (!base::file_status(site_packages)) return distributions;
  for (const std::string& entry : base::list_directory(site_packages)) {
    if (std::optional<Distribution> distribution = try_read(site_packages, entry)) {
      distributions.push_back(*std::move(distribution));
    }
  }
  return distributions;
}

std::vector<Distribution> find_distributions(const base::Path& site_packages,
                                             const specs::PackageName& name) {
  std::vector<Distribution> distributions = find_distributions(site_packages);
  std::erase_if(distributions, [&](const Distribution& distribution) {
    return distribution.name.normalized() != name.normalized();
  });
  return distributions;
}

specs::Headers metadata_headers(const Distribution& distribution) {
  const base::Path path = distribution.dist_info / "METADATA";
  std::string text = base::read_file_if_exists(path).value_or("");
  const std::size_t end = text.find("\n\n");
  if (end != std::string::npos) text.resize(end);  // the description may be long
  try {
    return specs::Headers::parse(text);
  } catch (base::Error& error) {
    error.add_context("in `" + path.text() + "`");
    throw;
  }
}

std::vector<specs::RecordEntry> recorded_rows(const Distribution& distribution) {
  const std::optional<std::string> text =
      base::read_file_if_exists(distribution.dist_info / "RECORD");
  try {
    return specs::parse_record(text.value_or(""));
  } catch (const base::ParseError&) {
    return {};
  }
}

std::vector<base::Path> recorded_paths(const Distribution& distribution, const base::Path& target,
                                       const std::vector<base::Path>& excluded) {
  std::vector<base::Path> paths;
  const std::optional<base::Path> top = base::real_path(target);
  if (!top) return paths;
  std::vector<base::Path> outside;
  for (const base::Path& path : excluded) {
    if (std::optional<base::Path> entry = resolved_entry(path))
      outside.push_back(*std::move(entry));
  }
  for (const specs::RecordEntry& row : recorded_rows(distribution)) {
    if (row.path.ends_with('/')) continue;
    const std::optional<base::Path> path =
        resolved_entry((distribution.site_packages / row.path).lexically_normal());
    if (!path || !base::is_at_or_below(*path, *top)) continue;
    const auto contains_path = [&path](const base::Path& directory) {
      return base::is_at_or_below(*path, directory);
    };
    if (std::ranges::none_of(outside, contains_path)) paths.push_back(*path);
  }
  return paths;
}

std::string module_of_bytecode(std::string_view path) {
  constexpr std::string_view kCache = "__pycache__/";
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || !path.ends_with(".pyc")) return {};
  const std::string_view directory = path.substr(0, slash + 1);
  const std::string_view above =
      directory.substr(0, directory.size() - std::min(directory.size(), kCache.size()));
  if (!directory.ends_with(kCache) || (!above.empty() && !above.ends_with('/'))) return {};
  const std::string_view name = path.substr(slash + 1);
  return std::string(above).append(name.substr(0, name.find('.'))).append(".py");
}

bool is_complete(const Distribution& distribution) {
  const std::optional<std::string> text =
      base::read_file_if_exists(distribution.dist_info / "RECORD");
  if (!text) return false;
  const base::Directory directory = base::Directory::open(
      base::real_path(distribution.site_packages).value_or(distribution.site_packages));
  bool complete = true;
  specs::each_record_row(*text, [&](const specs::RecordEntry& row) {
    const std::string_view path = row.path;
    if (!complete || path.starts_with('/') || path.ends_with('/') || is_bytecode(path)) return;
    const std::optional<base::FileStatus> status = directory.link_status(row.path);
    complete = status && status->type == base::FileType::kRegular &&
               (!row.size || *row.size == status->size);
  });
  return complete;
}

bool has_content_of(const Distribution& installed, const wheel::WheelSource& wheel) {
  const std::string record = wheel.dist_info_file("RECORD").value_or("");
  return digests_of(recorded_rows(installed)) == digests_of(specs::parse_record(record));
}

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
