#include <linux/openat2.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/posix/system_calls.h"

namespace ensure::base {

namespace {

/// Removes a tree with a bounded number of open descriptors, however deep it is: a directory below
/// depth `kDeepest` is first moved into the topmost one.
class TreeRemoval {
 public:
  /// Removes the tree `name`. Does not enter mounts: one in the tree is an error (EBUSY).
  void remove(int directory, const Path& name, const Path& shown) {
    if (removed_as_file(directory, name, shown)) return;
    const DirectoryStream top = open_stream(open_to_empty(directory, name, shown, 0), shown);
    // List again until no directory was moved up meanwhile.
    for (std::size_t moved = 0;; moved = moved_up_) {
      empty(top, shown, 0, dirfd(top.get()));
      if (moved == moved_up_) break;
      rewinddir(top.get());
    }
    remove_directory(directory, name, shown);
  }

 private:
  static constexpr int kDeepest = 64;

  void empty(const DirectoryStream& stream, const Path& shown, int depth, int top) {
    const int directory = dirfd(stream.get());
    for (const std::string& entry : list_names(stream, shown)) {
      if (removed_as_file(directory, entry, shown / entry)) continue;
      if (depth == kDeepest && moved_up(directory, entry, top)) continue;
      {
        const DirectoryStream below =
            open_stream(open_to_empty(directory, entry, shown / entry, RESOLVE_NO_XDEV), shown);
        empty(below, shown / entry, depth + 1, top);
      }
      remove_directory(directory, entry, shown / entry);
    }
  }

  /// Removes the entry unless it is a directory. Returns whether it no longer exists.
  static bool removed_as_file(int directory, const Path& name, const Path& shown) {
    if (unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) return true;
    if (errno == EISDIR) return false;
    const int unlink_error = errno;
    struct stat raw{};
    const bool is_directory = unlink_error == EPERM &&
                              fstatat(directory, name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) == 0 &&
                              S_ISDIR(raw.st_mode);
    if (is_directory) return false;
    throw FileError("remove", shown.text(), unlink_error);
  }

  static Descriptor open_to_empty(int directory, const Path& name, const Path& shown,
                                  std::uint64_t resolve) {
    Descriptor opened = open_directory_within(directory, name, resolve);
    if (!opened && errno == EACCES) {
      // The owner may lack the permission to enter his directory: grant it first.
      fchmodat(directory, name.c_str(), 0700, 0);
      opened = open_directory_within(directory, name, resolve);
    }
    if (!opened) throw FileError("remove", shown.text(), errno == EXDEV ? EBUSY : errno);
    return opened;
  }

  /// Moves a directory into the topmost one. Returns false if it cannot be moved (a mount point).
  bool moved_up(int directory, const Path& name, int top) {
    const std::string free_name = ".ensure-deep-" + std::to_string(moved_up_);
    const unsigned int flags = RENAME_NOREPLACE;
    if (renameat2(directory, name.c_str(), top, free_name.c_str(), flags) != 0) return false;
    ++moved_up_;
    return true;
  }

  static void remove_directory(int directory, const Path& name, const Path& shown) {
    if (unlinkat(directory, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return;
    throw FileError("remove", shown.text(), errno);
  }

  std::size_t moved_up_ = 0;
};

}  // namespace

void Directory::remove_tree(const Path& name) const {
  TreeRemoval().remove(descriptor_.get(), name, path_ / name);
}

void remove_tree(const Path& path) { TreeRemoval().remove(AT_FDCWD, path, path); }

}  // namespace ensure::base
