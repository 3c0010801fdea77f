#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Maps logical directories, as the target's own Python sees them, to open staged directories. One
/// mapping serves a whole new environment (its directory to the staged one), a `--root` ("/" to a
/// staged root), and additions to existing directories (each directory of the scheme to a staged
/// directory of its own, which `merge_tree` moves into place).
class WheelDestination {
 public:
  /// Creates everything at or below the logical directory `logical` at or below `directory`, which
  /// must outlive this. If mappings nest, the innermost counts.
  void map(const base::TargetPath& logical, const base::Directory& directory);

  /// Creates the directory that stands for `logical` if it is missing, and opens it. Follows links
  /// on the way (such as `lib64`), because staged directories are ours. Throws if nothing is
  /// mapped.
  [[nodiscard]] base::Directory open_directory(const base::TargetPath& logical) const;

 private:
  struct Mapping {
    base::TargetPath logical;
    const base::Directory* directory;
  };

  std::vector<Mapping> mappings_;
};

/// How the files of one job are shared with the cache, and whether that has failed. Thread-safe.
class FileSharing {
 public:
  explicit FileSharing(wheel::LinkMode mode) : mode_(mode) {}

  [[nodiscard]] wheel::LinkMode mode() const { return mode_; }

  /// Returns false after a failure: a file system that has refused once refuses again.
  [[nodiscard]] bool is_possible() const { return !has_failed_; }
  /// Notes why a file had to be copied.
  void note_failure(const base::FileError& error);
  /// The system's text for the first failure; empty if there was none.
  [[nodiscard]] std::string failure() const;

 private:
  wheel::LinkMode mode_;
  std::atomic<bool> has_failed_ = false;
  mutable std::mutex mutex_;
  std::string failure_;
};

/// Creates files below one open directory, and the directories they need. Keeps the last few
/// directories open, so that files that come in the order of their directories cost three system
/// calls each, however deep they lie.
class FileWriter {
 public:
  explicit FileWriter(const base::Directory& root) : root_(root) {}

  /// Creates `path`, relative with "/" between directories; never overwrites. The mode is 0666, or
  /// 0777 if the file is executable, less the umask.
  void write(std::string_view path, std::string_view content, bool executable);

  /// Writes content of a file of the cache. Shares its blocks if `sharing` and the file systems
  /// allow it. Throws `Error` (`kVerification`) if it is damaged.
  void write(std::string_view path, const wheel::CachedContent& content, bool executable,
             FileSharing& sharing);

  /// Creates `path` as a clone of the origin of `file` or as a link to it. Returns false, with
  /// nothing created, if that is impossible: across file systems, in the mode `copy`, or if a hard
  /// link would have another mode than the cache's 0644 and 0755 because of the umask.
  [[nodiscard]] bool link(std::string_view path, const wheel::WheelFile& file,
                          FileSharing& sharing);

 private:
  struct OpenDirectory {
    std::string path;
    base::Directory directory;
  };

  /// Opens the parent directory of a relative path; returns it and the name.
  [[nodiscard]] std::pair<const base::Directory&, std::string_view> place(std::string_view path);

  /// Opens the directory of a relative path, from the innermost open directory above it.
  [[nodiscard]] const base::Directory& directory(std::string_view path);

  const base::Directory& root_;
  std::vector<OpenDirectory> open_directories_;  ///< each is inside the one before it
};

}  // namespace ensure::install
