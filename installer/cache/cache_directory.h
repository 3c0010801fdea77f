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

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/cache/pending_entry.h"

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
  [[nodiscard]] const std::shared_ptr<CacheFailure>& failure() const { return failure_; }

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
