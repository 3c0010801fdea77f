#pragma once

#include <chrono>
#include <cstdint>

#include "installer/base/path.h"

/// Commands about a whole cache. All throw `Error` (`kFileSystem`) if it cannot be read or changed.
namespace ensure::cache {

/// The number of files in a cache, or of those that were removed, and the size of their content.
struct CacheSize {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;

  CacheSize& operator+=(const CacheSize& other) {
    files += other.files;
    bytes += other.bytes;
    return *this;
  }
  bool operator==(const CacheSize&) const = default;
};

[[nodiscard]] CacheSize measure(const base::Path& cache);

/// Removes entries that have not been used for `unused`, buckets of other versions of this program,
/// and temporary files that are more than a day old. Files that a process has open stay readable.
CacheSize prune(const base::Path& cache, std::chrono::hours unused);

/// Removes everything that this program has created in the cache, and nothing else.
CacheSize clean(const base::Path& cache);

}  // namespace ensure::cache
