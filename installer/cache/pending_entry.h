#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"

namespace ensure::cache {

/// The first failure of a cache. After it, the cache keeps nothing more. Thread-safe.
class CacheFailure {
 public:
  void note(const base::Error& error);
  [[nodiscard]] bool exists() const { return exists_; }
  [[nodiscard]] std::optional<std::string> message() const;

 private:
  std::atomic<bool> exists_ = false;
  mutable std::mutex mutex_;
  std::string message_;
};

/// The temporary name and the final name of a new entry. Both are names in open directories, so
/// exchanging a directory above them has no effect.
struct PendingNames {
  std::shared_ptr<const base::Directory> temporary;
  std::string temporary_name;
  std::shared_ptr<const base::Directory> bucket;
  std::string name;

  [[nodiscard]] base::Path temporary_path() const { return temporary->path() / temporary_name; }
  [[nodiscard]] base::Path path() const { return bucket->path() / name; }

  /// Renames the entry to its final name; throws `FileError`.
  void move_into_place() const;
};

/// A file of the cache that is being written under a temporary name. No function throws: if the
/// disk is full, the file is not kept, and the work goes on without it.
class PendingFile {
 public:
  PendingFile(PendingNames names, std::shared_ptr<CacheFailure> failure);
  /// Removes the file unless it has been kept.
  ~PendingFile();
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  /// Writes at an offset in bytes. Thread-safe.
  void write_at(std::uint64_t offset, std::string_view bytes);

  /// Whether every write has succeeded so far.
  [[nodiscard]] bool is_good() const { return good_; }

  /// Renames the file to its final name. Returns false if a write or the rename has failed.
  bool keep();

 private:
  void fail(const base::FileError& error);

  PendingNames names_;
  std::shared_ptr<CacheFailure> failure_;
  base::File file_;
  std::atomic<bool> good_ = true;
  bool kept_ = false;
};

/// A directory of the cache that is being filled under a temporary name.
class PendingDirectory {
 public:
  /// Throws `FileError`.
  PendingDirectory(PendingNames names, std::shared_ptr<CacheFailure> failure);
  /// Removes the directory unless it has been kept.
  ~PendingDirectory();
  PendingDirectory(const PendingDirectory&) = delete;
  PendingDirectory& operator=(const PendingDirectory&) = delete;

  [[nodiscard]] const base::Directory& directory() const { return directory_; }
  [[nodiscard]] base::Path final_path() const { return names_.path(); }

  void note_failure(const base::Error& error) const { failure_->note(error); }

  /// Renames the directory to its final name. Returns false on failure. If another process has
  /// created the entry meanwhile, that one is used and this one is removed.
  bool keep();

 private:
  PendingNames names_;
  base::Directory directory_;
  std::shared_ptr<CacheFailure> failure_;
  bool kept_ = false;
};

}  // namespace ensure::cache
