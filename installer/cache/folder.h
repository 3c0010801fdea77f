#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "installer/cache/pending_file.h"
#include "installer/cache/problem.h"

namespace ensure::cache {

namespace fs = std::filesystem;

/// The kinds of content, each in a folder named after it and the version of its form. Whoever
/// changes a form counts its version up.
enum class Bucket { kPages, kMetadata, kWheels, kUnpacked, kSources, kBuilt, kTemporary };

[[nodiscard]] std::string_view name_of(Bucket bucket);

inline constexpr std::string_view kTagName = "CACHEDIR.TAG";

/// Whether a cache has, or had in another version, a folder of this name.
[[nodiscard]] bool is_bucket_name(std::string_view name);

/// The folder of a cache: where the files are, and how they get there.
class Folder {
 public:
  /// With an empty path nothing is found and nothing kept.
  explicit Folder(fs::path path) : path_(std::move(path)) {}

  [[nodiscard]] const fs::path& path() const { return path_; }
  [[nodiscard]] const std::shared_ptr<Problem>& problem() const { return problem_; }

  /// Where an entry is; none where the cache is not to be read. A folder of another user is not:
  /// whoever can write to it decides what is installed.
  [[nodiscard]] std::optional<fs::path> find(Bucket bucket, std::string_view name) const;

  /// Where to write it, once the folders that this needs are there; none where nothing can be
  /// kept.
  struct Pending {
    fs::path temporary;
    fs::path destination;
  };
  [[nodiscard]] std::optional<Pending> prepare(Bucket bucket, std::string_view name) const;

  /// A path in the cache for a folder that is needed for a while, which whoever makes it removes;
  /// its name begins with `prefix`. None where nothing can be kept.
  [[nodiscard]] std::optional<fs::path> prepare_temporary(std::string_view prefix) const;

  /// Writes a whole file; what goes wrong is noted only.
  void write(Bucket bucket, std::string_view name, std::string_view bytes) const;

  /// Notes that an entry is in use, so that it is not pruned. Costs next to nothing where that was
  /// noted within the last day.
  static void touch(const fs::path& entry);

  /// Removes an entry, where that can be done.
  void drop(Bucket bucket, std::string_view name) const;

 private:
  [[nodiscard]] bool is_usable() const;
  [[nodiscard]] bool judge() const;
  void make_folders() const;
  [[nodiscard]] fs::path temporary_path() const;

  fs::path path_;
  std::shared_ptr<Problem> problem_ = std::make_shared<Problem>();
  mutable std::once_flag judged_;
  mutable bool usable_ = false;
  mutable std::once_flag made_;
  mutable std::atomic<std::uint64_t> count_ = 0;  ///< of temporary names
};

}  // namespace ensure::cache
