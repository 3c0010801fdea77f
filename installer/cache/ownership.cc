#include "installer/cache/ownership.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "installer/base/error.h"

namespace ensure::cache {

namespace {

constexpr std::uint32_t kWritableByOthers = 022;
constexpr std::uint32_t kSticky = 01000;

base::Error unusable(const base::Path& path, const std::string& why) {
  return base::Error(base::ExitCode::kFileSystem, "`" + path.text() + "` " + why)
      .with_hint("name another directory with `--cache-dir`, or let its owner remove it");
}

}  // namespace

bool is_own(const base::FileStatus& status) {
  return status.owner == 0 || status.owner == geteuid();
}

bool is_private(const base::FileStatus& status) {
  return is_own(status) && (status.mode & kWritableByOthers) == 0;
}

bool is_replaceable(const base::FileStatus& directory) {
  return (directory.mode & kWritableByOthers) != 0 && (directory.mode & kSticky) == 0;
}

std::optional<base::Directory> open_root(const base::Path& path) {
  const std::optional<base::Path> real = base::real_path(path);
  if (!real) return std::nullopt;
  base::Directory root = base::Directory::open_resolved(*real);
  if (!is_own(root.status())) throw unusable(path, "belongs to another user");
  return root;
}

std::optional<base::Directory> open_bucket(const base::Directory& root, const base::Path& name) {
  const std::optional<base::FileStatus> status = root.link_status(name);
  if (!status) return std::nullopt;
  const base::Path path = root.path() / name;
  if (status->type == base::FileType::kLink) throw unusable(path, "is a link");
  if (status->type != base::FileType::kDirectory) throw unusable(path, "is not a directory");
  base::Directory bucket = root.open_directory(name);
  if (!is_own(bucket.status())) throw unusable(path, "belongs to another user");
  return bucket;
}

}  // namespace ensure::cache
