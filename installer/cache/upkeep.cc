#include "installer/cache/upkeep.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <functional>
#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/cache/ownership.h"

namespace ensure::cache {

namespace {

/// Whether another process has just removed the file.
bool has_gone(const base::FileError& error) {
  return error.error_number() == ENOENT || error.error_number() == ENOTDIR;
}

/// The number and size of the files at or below `name`. Follows no links.
Amount measure(const base::Directory& folder, const std::string& name) {
  const std::optional<base::FileStatus> status = folder.link_status(name);
  if (!status) return {};
  if (status->type != base::FileType::kDirectory) return {.files = 1, .bytes = status->size};
  Amount amount;
  try {
    const base::Directory inner = folder.open_directory(name);
    for (const std::string& entry : inner.list()) amount += measure(inner, entry);
  } catch (const base::FileError& error) {
    if (!has_gone(error)) throw;
  }
  return amount;
}

Amount remove_and_measure(const base::Directory& folder, const std::string& name) {
  const Amount amount = measure(folder, name);
  try {
    folder.remove_tree(name);
  } catch (const base::FileError& error) {
    // Another process has put something into the folder meanwhile: that stays.
    if (error.error_number() != ENOTEMPTY) throw;
  }
  return amount;
}

bool is_current(std::string_view name) {
  for (const Bucket bucket : {Bucket::kPages, Bucket::kMetadata, Bucket::kWheels, Bucket::kUnpacked,
                              Bucket::kSources, Bucket::kBuilt, Bucket::kTemporary}) {
    if (name == name_of(bucket)) return true;
  }
  return false;
}

/// Removes the entries of a bucket that nobody has touched for so long. What a running process has
/// open stays there for it.
Amount remove_old(const base::Directory& bucket, std::chrono::hours age) {
  const std::time_t newest = std::time(nullptr) - std::chrono::seconds(age).count();
  Amount removed;
  for (const std::string& name : bucket.list()) {
    struct stat raw{};
    const int failed = fstatat(bucket.descriptor(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW);
    if (failed == 0 && raw.st_mtim.tv_sec <= newest) removed += remove_and_measure(bucket, name);
  }
  return removed;
}

/// Calls `action` for each bucket except those that are links or belong to another user, and adds
/// up the results. Throws the error of the first such bucket at the end.
Amount for_each_bucket(
    const base::Directory& root,
    const std::function<Amount(const std::string& name, const base::Directory& bucket)>& action) {
  Amount amount;
  std::optional<base::Error> refusal;
  for (const std::string& name : root.list()) {
    if (!is_bucket_name(name)) continue;
    std::optional<base::Directory> bucket;
    try {
      bucket = open_bucket(root, name);
    } catch (const base::Error& error) {
      if (!refusal) refusal = error;
    }
    if (bucket) amount += action(name, *bucket);
  }
  if (refusal) throw base::Error(*refusal);
  return amount;
}

}  // namespace

Amount amount_in(const base::Path& cache) {
  const std::optional<base::Directory> root = open_root(cache);
  if (!root) return {};
  return for_each_bucket(*root, [&](const std::string& name, const base::Directory& /*bucket*/) {
    return measure(*root, name);
  });
}

Amount prune(const base::Path& cache, std::chrono::hours unused) {
  constexpr std::chrono::hours kDay(24);
  const std::optional<base::Directory> root = open_root(cache);
  if (!root) return {};
  return for_each_bucket(*root, [&](const std::string& name, const base::Directory& bucket) {
    if (!is_current(name)) return remove_and_measure(*root, name);
    // Another process may still write temporary files, so keep those of the last day.
    return remove_old(bucket, name == name_of(Bucket::kTemporary) ? kDay : unused);
  });
}

Amount clean(const base::Path& cache) {
  const std::optional<base::Directory> root = open_root(cache);
  if (!root) return {};
  const Amount removed =
      for_each_bucket(*root, [&](const std::string& name, const base::Directory& /*bucket*/) {
        return remove_and_measure(*root, name);
      });
  // The tag goes last, and the folder itself only where nothing else is in it.
  root->remove_tree(kTagName);
  (void)::rmdir(cache.c_str());
  return removed;
}

}  // namespace ensure::cache
