#include "installer/cache/upkeep.h"

#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::cache {

namespace {

/// The names in a folder; none where it has gone meanwhile.
std::vector<std::string> names_in(const fs::path& folder) {
  try {
    return base::list_directory(folder);
  } catch (const base::FileError& error) {
    if (error.error_number() == ENOENT || error.error_number() == ENOTDIR) return {};
    throw;
  }
}

/// What is at or below `path`, links not followed.
Amount measure(const fs::path& path) {
  const std::optional<base::FileStatus> status = base::link_status(path);
  if (!status) return {};
  if (status->type != base::FileType::kDirectory) return {.files = 1, .bytes = status->size};
  Amount amount;
  for (const std::string& name : names_in(path)) amount += measure(path / name);
  return amount;
}

Amount remove_and_measure(const fs::path& path) {
  const Amount amount = measure(path);
  try {
    base::remove_tree(path);
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
Amount remove_old(const fs::path& bucket, std::chrono::hours age) {
  const fs::file_time_type now = fs::file_time_type::clock::now();
  Amount removed;
  for (const std::string& name : names_in(bucket)) {
    std::error_code failure;
    const fs::file_time_type used = fs::last_write_time(bucket / name, failure);
    if (!failure && used + age <= now) removed += remove_and_measure(bucket / name);
  }
  return removed;
}

}  // namespace

Amount amount_in(const fs::path& cache) {
  Amount amount;
  for (const std::string& name : names_in(cache)) {
    if (is_bucket_name(name)) amount += measure(cache / name);
  }
  return amount;
}

Amount prune(const fs::path& cache, std::chrono::hours unused) {
  constexpr std::chrono::hours kDay(24);
  Amount removed;
  for (const std::string& name : names_in(cache)) {
    if (!is_bucket_name(name)) continue;
    const fs::path bucket = cache / name;
    if (!is_current(name)) {
      removed += remove_and_measure(bucket);
    } else {
      // A process may still write what is temporary, however little is to be kept.
      removed += remove_old(bucket, name == name_of(Bucket::kTemporary) ? kDay : unused);
    }
  }
  return removed;
}

Amount clean(const fs::path& cache) {
  Amount removed;
  for (const std::string& name : names_in(cache)) {
    if (is_bucket_name(name)) removed += remove_and_measure(cache / name);
  }
  // The tag goes last, and the folder itself only where nothing else is in it.
  if (base::link_status(cache / kTagName)) base::remove_tree(cache / kTagName);
  (void)::rmdir(cache.c_str());
  return removed;
}

}  // namespace ensure::cache
