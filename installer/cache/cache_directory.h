#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "installer/cache/problem.h"
#include "installer/cache/slot.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// The kinds of content, each in a folder named after it and the version of its form. Whoever
/// changes a form counts its version up.
enum class Bucket { kPages, kMetadata, kWheels, kUnpacked, kSources, kBuilt, kTemporary };
inline constexpr std::size_t kBucketCount = 7;

[[nodiscard]] std::string_view name_of(Bucket bucket);

inline constexpr std::string_view kTagName = "CACHEDIR.TAG";

/// Whether a cache has, or had in another version, a folder of this name.
[[nodiscard]] bool is_bucket_name(std::string_view name);

/// The folder of a cache: where the files are, and how they get there.
///
/// Opens the directory and each bucket once, and does everything else through their descriptors: it
/// follows no link below the directory, and exchanging a directory meanwhile has no effect. Entries
/// that another user could have written count as missing (`ownership.h`).
class Folder {
 public:
  /// With an empty path nothing is found and nothing kept.
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] const std::shared_ptr<Problem>& problem() const { return problem_; }

  /// An entry that is a file.
  struct Entry {
    base::Descriptor file;
    std::shared_ptr<const base::Directory> bucket;
  };
  enum class Access { kRead, kChange };
  [[nodiscard]] std::optional<Entry> open_file(Bucket bucket, std::string_view name,
                                               Access access = Access::kRead) const;

  /// An entry that is a directory; nullopt if it is missing or another user could have written it.
  [[nodiscard]] std::optional<base::Directory> open_folder(Bucket bucket,
                                                           std::string_view name) const;

  /// Creates the missing directories, and returns where to write an entry; nullopt if the cache
  /// cannot be written.
  [[nodiscard]] std::optional<Slot> prepare(Bucket bucket, std::string_view name) const;

  /// Whether paths into the cache are safe: no other user can exchange the directories in it.
  [[nodiscard]] bool has_lasting_paths() const;

  /// A path in the cache for a folder that is needed for a while, which whoever makes it removes;
  /// its name begins with `prefix`. Nullopt if the cache cannot be written, or paths are not safe.
  [[nodiscard]] std::optional<fs::path> prepare_temporary(std::string_view prefix) const;

  /// Writes a whole file; what goes wrong is noted only.
  void write(Bucket bucket, std::string_view name, std::string_view bytes) const;

  /// Removes an entry, where that can be done.
  void drop(Bucket bucket, std::string_view name) const;

 private:
  using Shared = std::shared_ptr<const base::Directory>;

  [[nodiscard]] Shared root() const;
  [[nodiscard]] Shared bucket(Bucket bucket) const;
  void make_folders() const;
  [[nodiscard]] std::string temporary_name() const;

  fs::path path_;
  std::shared_ptr<Problem> problem_ = std::make_shared<Problem>();
  mutable std::mutex opening_;
  mutable Shared root_;                               ///< null until it exists
  mutable std::array<Shared, kBucketCount> buckets_;  ///< likewise
  mutable std::once_flag made_;
  mutable std::atomic<std::uint64_t> count_ = 0;  ///< of temporary names
};

}  // namespace ensure::cache
