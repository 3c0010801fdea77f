#include "installer/cache/upkeep.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/cache/cache_directory.h"

namespace ensure::cache {

namespace {

using base::FileFailure;

/// The number and size of the files at or below `name`. Follows no links.
CacheSize size_of(const base::Directory& directory, const std::string& name) {
  const std::optional<base::FileStatus> status = directory.link_status(name);
  if (!status) return {};
  if (status->type != base::FileType::kDirectory) return {.files = 1, .bytes = status->size};
  CacheSize size;
  try {
    const base::Directory inner = directory.open_directory(name);
    for (const std::string& entry : inner.list()) size += size_of(inner, entry);
  } catch (const base::FileError& error) {
    // Another process may just have removed the directory.
    const FileFailure failure = error.failure();
    if (failure != FileFailure::kMissing && failure != FileFailure::kNotDirectory) throw;
  }
  return size;
}

CacheSize remove(const base::Directory& directory, const std::string& name) {
  const CacheSize size = size_of(directory, name);
  try {
    directory.remove_tree(name);
  } catch (const base::FileError& error) {
    // Another process has put something into the directory meanwhile, which stays.
    if (error.failure() != FileFailure::kNotEmpty) throw;
  }
  return size;
}

/// Removes the entries of a bucket that have not been used for `age`.
CacheSize remove_old(const base::Directory& bucket, std::chrono::hours age) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  CacheSize removed;
  for (const std::string& name : bucket.list()) {
    const std::optional<base::FileStatus> status = bucket.link_status(name);
    if (status && std::chrono::nanoseconds(status->modified) + age <= now) {
      removed += remove(bucket, name);
    }
  }
  return removed;
}

/// Calls `action` for each bucket of a cache except those that are links or belong to another user,
/// and adds up the results. Throws the error of the first such bucket at the end.
CacheSize for_each_bucket(
    const base::Path& cache,
    const std::function<CacheSize(const base::Directory& root, const std::string& name,
                                  const base::Directory& bucket)>& action) {
  const std::optional<base::Directory> root = open_root(cache);
  if (!root) return {};
  CacheSize size;
  std::optional<base::Error> first_error;
  for (const std::string& name : root->list()) {
    if (!is_bucket_name(name)) continue;
    std::optional<base::Directory> bucket;
    try {
      bucket = open_bucket(*root, name);
    } catch (const base::Error& error) {
      if (!first_error) first_error = error;
    }
    if (bucket) size += action(*root, name, *bucket);
  }
  if (first_error) throw base::Error(*first_error);
  return size;
}

bool is_current(std::string_view name) {
  for (std::size_t bucket = 0; bucket < kBucketCount; ++bucket) {
    if (name == name_of(static_cast<Bucket>(bucket))) return true;
  }
  return false;
}

}  // namespace

CacheSize measure(const base::Path& cache) {
  return for_each_bucket(cache,
                         [](const base::Directory& root, const std::string& name,
                            const base::Directory& /*bucket*/) { return size_of(root, name); });
}

CacheSize prune(const base::Path& cache, std::chrono::hours unused) {
  constexpr std::chrono::hours kDay(24);
  return for_each_bucket(cache, [&](const base::Directory& root, const std::string& name,
                                    const base::Directory& bucket) {
    if (!is_current(name)) return remove(root, name);
    // Another process may still write temporary files, so keep those of the last day.
    return remove_old(bucket, name == name_of(Bucket::kTemporary) ? kDay : unused);
  });
}

CacheSize clean(const base::Path& cache) {
  const CacheSize removed =
      for_each_bucket(cache, [](const base::Directory& root, const std::string& name,
                                const base::Directory& /*bucket*/) { return remove(root, name); });
  // The tag goes last, and the directory itself only if nothing else is in it.
  if (const std::optional<base::Directory> root = open_root(cache)) root->remove_tree(kTagName);
  base::remove_empty_directory(cache);
  return removed;
}

}  // namespace ensure::cache
