#include "venv/interpreter/linked_program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/text.h"
#include "venv/interpreter/library_cache.h"
#include "venv/interpreter/native_linking.h"
#include "venv/interpreter/program_mapping.h"

namespace ensure::venv {

namespace {

constexpr std::size_t kMostMembers = 64;
constexpr const char* kCache = "/etc/ld.so.cache";
constexpr const char* kPreload = "/etc/ld.so.preload";
constexpr std::string_view kCLibrary = "libc.so.6";

/// Whether the loader of a child would do as it always does. Variables without a value count
/// for nothing (`LD_LIBRARY_PATH=`).
bool loader_is_left_alone() {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!text.starts_with("LD_") && !text.starts_with("GLIBC_TUNABLES=")) continue;
    if (!text.ends_with('=')) return false;
  }
  return ::access(kPreload, F_OK) != 0 && errno == ENOENT;
}

/// Whether this process may start the program at `path`, which it may not on a file system that is
/// mounted `noexec`.
bool may_execute(const base::Path& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

/// Whether a process that starts `executable` gets more rights than this one has, so that the
/// loader trusts fewer paths (AT_SECURE in getauxval(3)).
bool gives_rights(const base::Path& executable) {
  const std::optional<base::FileStatus> status = base::file_status(executable);
  return !status || (status->mode & (S_ISUID | S_ISGID)) != 0 ||
         ::getxattr(executable.c_str(), "security.capability", nullptr, 0) > 0;
}

}  // namespace

/// Collects the members, breadth first.
class LinkedProgram::Linker {
 public:
  /// False where anything is missing or uncertain.
  [[nodiscard]] bool link(const base::Path& executable) {
    if (!add(executable, {}, 0)) return false;
    const Member& first = members_.front();
    if (first.object.loader() != kNativeLoader || gives_rights(executable)) return false;
    for (std::size_t index = 0; index < members_.size(); ++index) {
      // The names are parts of a mapped file, and stay where they are when the members move.
      const std::vector<std::string_view> needed = members_[index].object.needed();
      for (const std::string_view name : needed) {
        if (is_member(name)) continue;
        if (members_.size() == kMostMembers || !add_library(name, index)) return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::vector<Member> take_members() { return std::move(members_); }

 private:
  [[nodiscard]] bool is_member(std::string_view name) const {
    return std::ranges::any_of(members_, [&](const Member& member) {
      return member.name == name || member.object.soname() == name;
    });
  }

  /// Adds the object at `path`. `errno` is that of opening it where there is none.
  [[nodiscard]] bool add(const base::Path& path, std::string_view name, std::size_t needed_by) {
    std::optional<base::FileMapping> mapping = try_map_program(path);
    if (!mapping) return false;
    std::optional<ElfObject> object = ElfObject::try_parse(mapping->bytes());
    errno = 0;
    if (!object || (!members_.empty() && !object->is_library())) return false;
    members_.push_back({.mapping = *std::move(mapping),
                        .object = *std::move(object),
                        .path = path,
                        .name = name,
                        .needed_by = needed_by});
    return true;
  }

  [[nodiscard]] bool add_library(std::string_view name, std::size_t needed_by) {
    if (name == base::Path(kNativeLoader).filename().text()) {
      return may_execute(kNativeLoader) && add(kNativeLoader, name, needed_by);
    }
    if (name.find('/') != std::string_view::npos) {
      const std::optional<base::Path> path = expand(name, needed_by);
      return path && add(*path, name, needed_by);
    }
    // A C library and a loader of different releases do not go together.
    const Outcome outcome = add_from_run_paths(name, needed_by);
    if (outcome == Outcome::kAdded) return name != kCLibrary;
    return outcome == Outcome::kAbsent && add_from_system(name, needed_by);
  }

  enum class Outcome { kAdded, kAbsent, kUncertain };

  /// Looks in DT_RUNPATH of the object itself, or in DT_RPATH of it and of all that it is needed
  /// by, except those with DT_RUNPATH.
  [[nodiscard]] Outcome add_from_run_paths(std::string_view name, std::size_t needed_by) {
    for (std::size_t index = needed_by;; index = members_[index].needed_by) {
      const ElfObject& object = members_[index].object;
      if (index == needed_by || object.inherits_run_path()) {
        const Outcome outcome = add_from_run_path(name, index, needed_by);
        if (outcome != Outcome::kAbsent) return outcome;
      }
      if (index == 0 || !members_[needed_by].object.inherits_run_path()) return Outcome::kAbsent;
    }
  }

  [[nodiscard]] Outcome add_from_run_path(std::string_view name, std::size_t owner,
                                          std::size_t needed_by) {
    const std::string_view run_path = members_[owner].object.run_path();
    if (run_path.empty()) return Outcome::kAbsent;
    for (const std::string_view folder : base::split(run_path, ':')) {
      const std::optional<base::Path> path = expand(folder, owner);
      if (!path || has_variants(*path)) return Outcome::kUncertain;
      if (add(*path / name, name, needed_by)) return Outcome::kAdded;
      if (errno != ENOENT && errno != ENOTDIR) return Outcome::kUncertain;
    }
    return Outcome::kAbsent;
  }

  [[nodiscard]] bool add_from_system(std::string_view name, std::size_t needed_by) {
    if (!cache_mapping_) cache_mapping_.emplace(kCache);
    const std::optional<LibraryCache> cache = LibraryCache::try_parse(cache_mapping_->bytes());
    if (!cache) return false;
    const std::optional<CachedLibrary> cached = cache->find(name);
    if (cached) {
      const bool is_clear = cached->is_the_only_variant && cached->path.starts_with('/');
      return is_clear && add(cached->path, name, needed_by);
    }
    // Which folders are looked through is compiled into the loader; its own is always one.
    const std::optional<base::Path> loader = base::real_path(kNativeLoader);
    if (!loader || has_variants(loader->parent_path())) return false;
    return add(loader->parent_path() / name, name, needed_by);
  }

  /// Whether libraries for certain processors are preferred to those in `folder` itself.
  [[nodiscard]] bool has_variants(const base::Path& folder) {
    if (std::ranges::find(plain_folders_, folder) != plain_folders_.end()) return false;
    if (::access((folder / "glibc-hwcaps").c_str(), F_OK) == 0) return true;
    plain_folders_.push_back(folder);
    return false;
  }

  /// `text` with "$ORIGIN" replaced by the folder of that member; none where anything else is to be
  /// replaced, or where the path depends on the current folder.
  [[nodiscard]] std::optional<base::Path> expand(std::string_view text, std::size_t owner) const {
    std::string result;
    for (const std::string_view origin : {"$ORIGIN", "${ORIGIN}"}) {
      if (!text.starts_with(origin)) continue;
      text.remove_prefix(origin.size());
      if (!text.empty() && !text.starts_with('/')) return std::nullopt;
      const base::Path& path = members_[owner].path;
      const std::optional<base::Path> real = owner == 0 ? base::real_path(path) : path;
      if (!real) return std::nullopt;
      result = real->parent_path().text();
      break;
    }
    result += text;
    if (!result.starts_with('/') || text.find('$') != std::string_view::npos) return std::nullopt;
    return result;
  }

  std::vector<Member> members_;
  std::vector<base::Path> plain_folders_;  ///< those that were found to have no variants
  std::optional<base::MappedFile> cache_mapping_;
};

std::optional<LinkedProgram> LinkedProgram::try_link(const base::Path& executable) try {
  if (!loader_is_left_alone() || !may_execute(executable)) return std::nullopt;
  Linker linker;
  if (!linker.link(executable)) return std::nullopt;
  LinkedProgram program(linker.take_members());
  if (!program.has_all_versions() || !program.has_all_symbols()) return std::nullopt;
  return program;
} catch (const base::Error&) {
  return std::nullopt;
}

const ElfObject* LinkedProgram::definer_of(std::string_view symbol) const {
  const SymbolName name(symbol);
  for (const Member& member : members_) {
    if (member.object.symbols().find(name)) return &member.object;
  }
  return nullptr;
}

std::vector<base::Path> LinkedProgram::paths() const {
  std::vector<base::Path> result;
  result.reserve(members_.size());
  for (const Member& member : members_) result.push_back(member.path);
  return result;
}

const LinkedProgram::Member* LinkedProgram::find_member(std::string_view name) const {
  const auto found = std::ranges::find_if(members_, [&](const Member& member) {
    return member.name == name || member.object.soname() == name;
  });
  return found == members_.end() ? nullptr : &*found;
}

bool LinkedProgram::has_all_versions() const {
  return std::ranges::all_of(members_, [&](const Member& member) {
    return std::ranges::all_of(member.object.version_needs(), [&](const VersionNeed& need) {
      const Member* library = find_member(need.library);
      return library != nullptr && library->object.defines_version(need.version);
    });
  });
}

bool LinkedProgram::has_all_symbols() const {
  return std::ranges::all_of(members_, [&](const Member& member) {
    // Both are built together, and need each other in versions only.
    if (member.name == kCLibrary || member.path == kNativeLoader) return true;
    return std::ranges::all_of(
        member.object.symbols().unversioned_needs(),
        [&](std::string_view symbol) { return definer_of(symbol) != nullptr; });
  });
}

}  // namespace ensure::venv
