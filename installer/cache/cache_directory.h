#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"

namespace ensure::cache {

/// The kinds of content. Each has a directory that is named after it and the version of its
/// format; a change of the format increments the version.
enum class Bucket { kPages, kMetadata, kWheels, kUnpacked, kSources, kBuilt, kTemporary };
inline constexpr std::size_t kBucketCount = 7;

[[nodiscard]] std::string_view name_of(Bucket bucket);

/// Whether `name` is a bucket of this version or of another version of this program.
[[nodiscard]] bool is_bucket_name(std::string_view name);

inline constexpr std::string_view kTagName = "CACHEDIR.TAG";

/// Opens the directory of a cache. Follows links, because the user has named the path. Returns
/// nullopt if it does not exist; throws `Error` (`kFileSystem`) if it belongs to another user.
[[nodiscard]] std::optional<base::Directory> open_root(const base::Path& path);

/// Opens a bucket. Returns nullopt if it does not exist; throws `Error` (`kFileSystem`) if it is a
/// link, not a directory, or belongs to another user.
[[nodiscard]] std::optional<base::Directory> open_bucket(const base::Directory& root,
                                                         const base::Path& name);

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
};

/// An entry of the cache that is being made under a temporary name.
class PendingEntry {
 public:
  PendingEntry(const PendingEntry&) = delete;
  PendingEntry& operator=(const PendingEntry&) = delete;

  /// Whether every write has succeeded so far.
  [[nodiscard]] bool is_good() const { return good_; }

  /// The entry is not kept after this.
  void note_failure(const base::Error& error);

  /// Renames the entry to its final name. Returns false if a write or the rename has failed. If
  /// another process has created the directory meanwhile, that one is used, and this one removed.
  bool keep();

 protected:
  PendingEntry(PendingNames names, std::shared_ptr<CacheFailure> failure)
      : names_(std::move(names)), failure_(std::move(failure)) {}
  /// Removes the entry unless it has been kept.
  ~PendingEntry();

  [[nodiscard]] const PendingNames& names() const { return names_; }
  /// The temporary entry exists from now on.
  void note_created() { is_temporary_ = true; }

 private:
  PendingNames names_;
  std::shared_ptr<CacheFailure> failure_;
  bool is_temporary_ = false;
  std::atomic<bool> good_ = true;
};

/// A file of the cache that is being written. Only the constructor throws `FileError`: if the disk
/// is full, the file is not kept, and the work goes on without it.
class PendingFile : public PendingEntry {
 public:
  PendingFile(PendingNames names, std::shared_ptr<CacheFailure> failure);

  /// Writes at an offset in bytes. Thread-safe.
  void write_at(std::uint64_t offset, std::string_view bytes);

 private:
  base::File file_;
};

/// A directory of the cache that is being filled.
class PendingDirectory : public PendingEntry {
 public:
  /// Throws `FileError`.
  PendingDirectory(PendingNames names, std::shared_ptr<CacheFailure> failure);

  [[nodiscard]] const base::Directory& directory() const { return directory_; }
  [[nodiscard]] base::Path final_path() const { return names().bucket->path() / names().name; }

 private:
  base::Directory directory_;
};

/// The directory of a cache: finds, creates and removes entries.
///
/// Opens the directory and each bucket once, and does everything else through their descriptors: it
/// follows no link below the directory, and exchanging a directory meanwhile has no effect.
///
/// An entry is used only if it and its bucket belong to the caller or root, and neither group nor
/// others may write to them. So a checksum is enough, which finds damage, not manipulation.
class CacheDirectory {
 public:
  /// An empty path disables the cache.
  explicit CacheDirectory(base::Path path) : path_(std::move(path)) {}

  [[nodiscard]] const base::Path& path() const { return path_; }
  [[nodiscard]] std::optional<std::string> failure() const { return failure_->message(); }

  struct OpenFile {
    base::File file;
    std::shared_ptr<const base::Directory> bucket;
  };
  using Access = base::Directory::Access;
  /// Opens an entry that is a file; nullopt if it is missing or not trusted.
  [[nodiscard]] std::optional<OpenFile> open_file(Bucket bucket, std::string_view name,
                                                  Access access = Access::kRead) const;

  /// Opens an entry that is a directory; nullopt if it is missing or not trusted.
  [[nodiscard]] std::optional<base::Directory> open_directory(Bucket bucket,
                                                              std::string_view name) const;

  /// Creates the missing directories, and returns the names for a new entry; nullopt if the cache
  /// cannot be written.
  [[nodiscard]] std::optional<PendingNames> prepare(Bucket bucket, std::string_view name) const;

  /// Starts a new entry, a `PendingFile` or `PendingDirectory`; null if the cache cannot be
  /// written.
  template <typename Pending>
  [[nodiscard]] std::unique_ptr<Pending> start(Bucket bucket, std::string_view name) const {
    std::optional<PendingNames> names = prepare(bucket, name);
    if (!names) return nullptr;
    try {
      return std::make_unique<Pending>(*std::move(names), failure_);
    } catch (const base::FileError& error) {
      failure_->note(error);
      return nullptr;
    }
  }

  /// Whether paths into the cache are safe: no other user can exchange the directories in it.
  [[nodiscard]] bool has_lasting_paths() const;

  /// A new path in the cache for a temporary directory that the caller creates and removes. Its
  /// name begins with `prefix`. Nullopt if the cache cannot be written, or paths are not safe.
  [[nodiscard]] std::optional<base::Path> prepare_temporary(std::string_view prefix) const;

  /// Writes a whole file. Failures are only noted.
  void write(Bucket bucket, std::string_view name, std::string_view bytes) const;

  /// Removes an entry. Failures are only noted.
  void remove(Bucket bucket, std::string_view name) const;

 private:
  using Shared = std::shared_ptr<const base::Directory>;

  template <typename Open>
  Shared remember(Shared& known, const Open& open) const;
  [[nodiscard]] Shared root() const;
  [[nodiscard]] Shared bucket(Bucket bucket) const;
  void create() const;
  [[nodiscard]] std::string temporary_name() const;

  base::Path path_;
  std::shared_ptr<CacheFailure> failure_ = std::make_shared<CacheFailure>();
  mutable std::mutex opening_;
  mutable Shared root_;                               ///< null until it exists
  mutable std::array<Shared, kBucketCount> buckets_;  ///< likewise
  mutable std::once_flag created_;
  mutable std::atomic<std::uint64_t> count_ = 0;  ///< of temporary names
};

}  // namespace ensure::cache
