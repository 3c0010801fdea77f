#pragma once

#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/placement.h"

namespace ensure::install {

/// Which symbolic links below a bound are followed.
enum class LinkScope {
  kBeneath,  ///< those that stay inside; any other is refused (RESOLVE_BENEATH of openat2(2))
  kInRoot,   ///< all of them, as after chroot(2) into the bound (RESOLVE_IN_ROOT)
};

/// The directories that a transaction may change, as absolute paths. They need not exist.
struct TargetBounds {
  std::vector<base::Path> directories;
  LinkScope links = LinkScope::kBeneath;
};

/// An entry of the target as a journal names it: never absolute, and free of links and "..".
struct TargetEntry {
  std::size_t anchor = 0;  ///< an index into the anchors of the tree
  base::Path relative;     ///< from the directory of the anchor

  auto operator<=>(const TargetEntry&) const = default;
};

/// An entry of a staging directory, below its `new` or its `old`.
struct StagedEntry {
  std::size_t staging = 0;  ///< 0 is the staging directory of the journal, others are further ones
  base::Path relative;

  bool operator==(const StagedEntry&) const = default;
};

inline constexpr const char* kStagedNew = "new";  ///< holds the entries to move into place
inline constexpr const char* kStagedOld = "old";  ///< holds the entries moved out of the target

[[nodiscard]] inline bool is_directory(const std::optional<base::FileStatus>& status) {
  return status && status->type == base::FileType::kDirectory;
}

/// An entry whose parent directory is open.
struct OpenEntry {
  base::Directory parent;
  base::Path name;

  [[nodiscard]] base::DirectoryEntry entry() const { return {parent, name}; }
  [[nodiscard]] std::optional<base::FileStatus> status() const { return parent.link_status(name); }
};

/// The directories that a transaction may change, its bounds. Everything below them is resolved
/// component by component from open descriptors, so that no link leads out of a bound, even one
/// that another user places there meanwhile. A bound itself may be reached through links: the user
/// named it.
class TargetTree {
 public:
  /// An open directory that entries are relative to: a bound, or a directory `levels` above it if
  /// the bound does not exist yet or will be replaced itself.
  struct Anchor {
    std::size_t bound;
    std::size_t levels;
    base::Directory directory;
  };

  explicit TargetTree(const TargetBounds& bounds);

  /// The entry that `path`, at or below a bound, leads to; its last component is not followed.
  /// Throws `Error` (`kFileSystem`) if it is outside of all bounds, or a link leads out of them.
  [[nodiscard]] TargetEntry locate(const base::Path& path);

  /// The absolute path of the entry, without links in its parents.
  [[nodiscard]] base::Path path_of(const TargetEntry& entry) const;

  /// `path` with the links in its parents resolved: `path_of(locate(path))`.
  [[nodiscard]] base::Path resolve_parents(const base::Path& path) { return path_of(locate(path)); }

  /// `path` with its last component resolved as well, which may be missing.
  [[nodiscard]] base::Path resolve(const base::Path& path) { return path_of(follow(path)); }

  /// The status of the entry itself, also of a link; nullopt if it or its parent does not exist.
  [[nodiscard]] std::optional<base::FileStatus> link_status(const TargetEntry& entry) const;
  [[nodiscard]] std::optional<base::FileStatus> link_status(const base::Path& path) {
    return link_status(locate(path));
  }

  /// Opens the parent directory of the entry. Throws `FileError` if it does not exist.
  [[nodiscard]] OpenEntry open(const TargetEntry& entry) const;

  /// An existing directory of the target.
  struct Nearest {
    TargetEntry entry;
    base::Directory directory;
  };

  /// Opens the nearest directory at or above `directory` that exists.
  [[nodiscard]] Nearest open_nearest(TargetEntry directory) const;

  /// The directory at `path`, links resolved, as an entry; it may be missing.
  [[nodiscard]] TargetEntry follow(const base::Path& path);

  /// Whether `path` is at or below a bound, judged by its text alone.
  [[nodiscard]] bool contains(const base::Path& path) const;

  /// Like `resolve_parents`, for the path of a staging directory: it may also be beside a bound.
  [[nodiscard]] base::Path resolve_staging_path(const base::Path& path);

  [[nodiscard]] const Anchor& anchor(std::size_t index) const { return anchors_[index]; }

  /// The index of the anchor `levels` above a bound. Throws `Error` (`kFileSystem`) if the bound
  /// does not exist.
  [[nodiscard]] std::size_t anchor_above(std::size_t bound, std::size_t levels);

  /// Whether a journal may name the entry: it is at or below the bound of its anchor or, for a
  /// directory that leads to a bound, above it.
  [[nodiscard]] bool allows(const TargetEntry& entry, bool is_parent_directory) const;

  /// Forgets everything that was found before the target was locked: directories may have been
  /// created since, and another process may have replaced some that are open. Entries located
  /// before become invalid.
  void forget() {
    resolved_.clear();
    anchors_.clear();
  }

 private:
  struct Bound {
    base::Path named;     ///< absolute and normal, as the caller spells it
    base::Path resolved;  ///< the same without links
  };

  [[nodiscard]] std::optional<std::size_t> bound_of(const base::Path& path) const;
  [[nodiscard]] std::size_t nearest_anchor(std::size_t bound);

  std::vector<Bound> bounds_;
  LinkScope scope_;
  std::deque<Anchor> anchors_;  ///< a deque, because callers keep references to elements
  std::map<base::Path, TargetEntry> resolved_;
};

/// `target` as an absolute path, with its links resolved as far as it exists.
[[nodiscard]] base::Path resolved_target(const base::Path& target);

}  // namespace ensure::install
