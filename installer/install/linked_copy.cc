#include "installer/install/linked_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string>

namespace ensure::install {

namespace {

/// What an open folder is besides its content: mode, owner, times. False where it cannot be had.
bool take_over_attributes(const base::Directory& from, const base::Directory& to) {
  struct stat raw{};
  if (fstat(from.descriptor(), &raw) != 0) return false;
  const std::array<struct timespec, 2> times{raw.st_atim, raw.st_mtim};
  return fchown(to.descriptor(), raw.st_uid, raw.st_gid) == 0 &&
         fchmod(to.descriptor(), raw.st_mode & 07777U) == 0 &&
         futimens(to.descriptor(), times.data()) == 0;
}

bool copy_link(const base::Directory& from, const base::Directory& to, const std::string& name) {
  std::array<char, PATH_MAX> target{};
  const ssize_t length =
      readlinkat(from.descriptor(), name.c_str(), target.data(), target.size() - 1);
  if (length < 0 || symlinkat(target.data(), to.descriptor(), name.c_str()) != 0) return false;
  struct stat raw{};
  if (fstatat(from.descriptor(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) != 0) return false;
  const std::array<struct timespec, 2> times{raw.st_atim, raw.st_mtim};
  return fchownat(to.descriptor(), name.c_str(), raw.st_uid, raw.st_gid, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         utimensat(to.descriptor(), name.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0;
}

bool copy_entry(const base::Directory& from, const base::Directory& to, const std::string& name) {
  const std::optional<base::FileStatus> status = from.link_status(name);
  if (!status) return false;
  switch (status->type) {
    case base::FileType::kRegular:
      return linkat(from.descriptor(), name.c_str(), to.descriptor(), name.c_str(), 0) == 0;
    case base::FileType::kLink:
      return copy_link(from, to, name);
    case base::FileType::kDirectory:
      // Another device is a mount point: what is mounted there cannot come along.
      return status->device == from.status().device &&
             copy_by_links(from.open_directory(name), to.create_directory(name, 0700), {});
    case base::FileType::kOther:
      break;
  }
  return false;
}

}  // namespace

bool copy_by_links(const base::Directory& from, const base::Directory& to,
                   const std::filesystem::path& except) {
  for (const std::string& name : base::list_directory(from.path())) {
    if (name != except && !copy_entry(from, to, name)) return false;
  }
  return take_over_attributes(from, to);
}

}  // namespace ensure::install
