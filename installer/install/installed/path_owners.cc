#include "installer/install/installed/path_owners.h"

#include <array>
#include <optional>
#include <set>
#include <utility>

#include "installer/base/error.h"

namespace ensure::install {

namespace {

/// Whether projects may share the file. Its content decides, see `Installation::share`.
bool may_be_shared(std::string_view path) { return path.ends_with("/__init__.py"); }

std::string digest_of(const specs::RecordEntry& row) {
  return may_be_shared(row.path) && !row.digest.empty() ? row.algorithm + "=" + row.digest
                                                        : std::string();
}

/// The normal path of a row. Only few rows contain "..", and normalizing paths takes time.
std::string whole_path(const std::string& library, const std::string& row) {
  if (row.starts_with('/')) return base::Path(row).lexically_normal().text();
  if (row.find("..") == std::string::npos) return library + "/" + row;
  return (base::Path(library) / row).lexically_normal().text();
}

}  // namespace

void PathOwners::add(const TargetPaths& target) {
  owners_.front() = target.owner;
  for (const auto& [link, directory] : target.links) {
    links_.emplace_back(link.text() + "/", directory.text() + "/");
    (void)claim(link.text(), "");
  }
  for (const base::TargetPath& file : target.files) (void)claim(file.text(), "");
}

/// The path with its links resolved.
std::string PathOwners::followed(std::string path) const {
  for (const auto& [link, directory] : links_) {
    if (path.starts_with(link)) path.replace(0, link.size(), directory);
  }
  return path;
}

void PathOwners::add(const Distribution& distribution, const base::TargetPath& library) {
  owners_.push_back('`' + distribution.name.as_written() + '`');
  const std::string directory = directories_.same_directory(library).text();
  for (const specs::RecordEntry& row : recorded_rows(distribution)) {
    if (row.path.ends_with(".pyc") || row.path.ends_with('/')) continue;
    // Existing files may have two owners already.
    const std::string path = followed(whole_path(directory, row.path));
    if (!paths_.try_emplace(path, Owned{current(), false, digest_of(row)}).second) continue;
    for (std::size_t end = path.rfind('/'); end != 0 && end != std::string::npos;
         end = path.rfind('/', end - 1)) {
      if (!paths_.try_emplace(path.substr(0, end), Owned{current(), true, {}}).second) break;
    }
  }
}

std::vector<SharedFile> PathOwners::add(const WheelPlan& plan, const std::string& project) {
  owners_.push_back('`' + project + '`');
  std::array<std::optional<std::string>, kSchemeKeys> prefixes;
  const auto whole = [&](const InstalledPath& path) {
    std::optional<std::string>& prefix = prefixes[static_cast<std::size_t>(path.key)];
    if (!prefix) prefix = directories_.same_directory(plan.directory(path.key)).text() + "/";
    return followed(*prefix + path.relative);
  };
  std::vector<SharedFile> shared;
  std::set<std::string> modules;  // shared files, as paths of the target
  std::vector<std::string> bytecode;
  for (const WheelPlan::File& file : plan.files()) {
    if (file.left_out) continue;
    std::string path = whole(file.installed);
    if (claim(path, digest_of(file.recorded)) == Claim::kShared) {
      shared.push_back({file.recorded.path, conflict(path, paths_.at(path), "")});
      modules.insert(std::move(path));
    } else if (path.ends_with(".pyc")) {
      bytecode.push_back(module_of_bytecode(path));
    } else if (const auto found = compiled_.find(path);
               found != compiled_.end() && found->second != current()) {
      throw conflict(path, Owned{found->second, false, {}}, "as bytecode");
    }
  }
  for (const std::string& source : bytecode) {
    if (source.empty() || modules.contains(source)) continue;
    compiled_.emplace(source, current());
    const auto found = paths_.find(source);
    if (found != paths_.end() && found->second.owner != current()) {
      throw conflict(source, found->second, "as a module");
    }
  }
  for (const Script& script : plan.scripts()) {
    (void)claim(whole({SchemeKey::kScripts, script.name}), "");
  }
  return shared;
}

PathOwners::Claim PathOwners::claim(const std::string& path, const std::string& digest) {
  const auto [file, is_new_file] = paths_.try_emplace(path, Owned{current(), false, digest});
  if (!is_new_file) {
    if (file->second.is_directory) throw conflict(path, file->second, "as a directory");
    if (digest.empty() || digest != file->second.digest) throw conflict(path, file->second, "");
    return Claim::kShared;
  }
  for (std::size_t end = path.rfind('/'); end != 0 && end != std::string::npos;
       end = path.rfind('/', end - 1)) {
    const std::string directory = path.substr(0, end);
    const auto [found, is_new] = paths_.try_emplace(directory, Owned{current(), true, {}});
    if (!is_new && !found->second.is_directory)
      throw conflict(directory, found->second, "as a file");
    if (!is_new) break;
  }
  return Claim::kNew;
}

base::Error PathOwners::conflict(std::string_view path, const Owned& other,
                                 std::string_view what) const {
  std::string message;
  const char* hint = "install them into two environments, or leave one of them out";
  if (other.owner == current()) {
    message = owners_.back() + " has the path `" + std::string(path) +
              "` twice, or as both a file and a directory";
    hint = "the wheel is broken; report it to its author";
  } else {
    message = owners_.back() + " and " + owners_[other.owner] + " both have the path `" +
              std::string(path) + "`";
    if (!what.empty()) message += ", the latter " + std::string(what);
    if (other.owner == 0) hint = "the wheel is broken or hostile; report it to its author";
  }
  return base::Error(base::ExitCode::kVerification, message).with_hint(hint);
}

}  // namespace ensure::install
