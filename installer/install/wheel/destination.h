#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/files.h"
#include "installer/install/transaction/file_sharing.h"
#include "installer/wheel/zip/entry_reader.h"

namespace ensure::install {

namespace fs = std::filesystem;

/// Where the files of a wheel are created: which open directory stands for which logical one.
///
/// A layout names directories as the target's own Python sees them; what is written lies in a
/// staging directory. One mapping serves a whole new environment (its directory to the staged one),
/// a `--root`
/// ("/" to a staged root), and additions to existing directories (each directory of the scheme to a
/// staged directory of its own, which `merge_tree` puts into place).
class WheelDestination {
 public:
  /// What lies at or below the logical directory `logical` is created at or below `directory`,
  /// which must live as long as this does. Where mappings nest, the innermost counts.
  void map(const fs::path& logical, const base::Directory& directory);

  /// Creates the directory that stands for `logical` where it is missing, and opens it. Links on
  /// the way (such as `lib64`) are followed: what is staged is ours. Throws where nothing is
  /// mapped.
  [[nodiscard]] base::Directory open_directory(const fs::path& logical) const;

 private:
  struct Mapping {
    fs::path logical;
    const base::Directory* directory;
  };

  std::vector<Mapping> mappings_;
};

/// Creates files below one open directory, and the directories they need. Keeps the last few
/// directories open, so that files that come in the order of their directories cost three system
/// calls each, however deep they lie.
class FileWriter {
 public:
  explicit FileWriter(const base::Directory& root) : root_(root) {}

  /// Creates `path`, relative with "/" between directories; what exists is never overwritten. The
  /// mode is 0666, or 0777 where the file is executable, less the umask.
  void write(std::string_view path, std::string_view content, bool executable);

  /// The same for content in a file of the cache, whose blocks are shared where `sharing` allows it
  /// and the file systems do. Throws `Error` (`kVerification`) where it is damaged.
  void write(std::string_view path, const wheel::CachedContent& content, bool executable,
             FileSharing& sharing);

  /// Creates `path` as a clone of the origin of `file` or as a link to it. Returns false, with
  /// nothing created, if that is impossible: across file systems, or if a hard link would have
  /// another mode than a new file.
  [[nodiscard]] bool link(std::string_view path, const wheel::WheelFile& file,
                          FileSharing& sharing);

 private:
  struct OpenDirectory {
    std::string path;
    base::Directory directory;
  };

  /// A relative path as an open directory and a name in it.
  [[nodiscard]] std::pair<const base::Directory&, std::string_view> place(std::string_view path);

  /// The open directory of a relative path; the innermost open directory above it is where it
  /// starts.
  [[nodiscard]] const base::Directory& directory(std::string_view path);

  const base::Directory& root_;
  std::vector<OpenDirectory> open_directories_;  ///< each is inside the one before it
};

}  // namespace ensure::install
