#include "installer/install/wheel/file_sharing.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "installer/base/error.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::install {

namespace {

using base::Descriptor;
using base::Directory;

/// The clone is executable if the original is; the umask decides about the other permissions.
bool clone_file(const Directory& directory, const std::string& name, const Directory& origin,
                const std::string& path, FileSharing& sharing) {
  const Descriptor from(
      openat(origin.descriptor(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status{};
  if (!from || fstat(from.get(), &status) != 0) return false;
  const mode_t mode = (status.st_mode & 0111U) != 0 ? 0777 : 0666;
  const Descriptor to(openat(directory.descriptor(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) return false;
  if (ioctl(to.get(), FICLONE, from.get()) == 0) return true;
  sharing.note_failure(errno);
  (void)unlinkat(directory.descriptor(), name.c_str(), 0);
  return false;
}

/// Whether new files get the same modes as files of the cache. The directory, which this run has
/// created, shows it.
bool has_usual_modes(const Directory& directory) {
  constexpr std::uint32_t kUsual = 0755;
  return (directory.status().mode & 0777U) == kUsual;
}

}  // namespace

void FileSharing::note_failure(int error_number) {
  int none = 0;
  failure_.compare_exchange_strong(none, error_number);
}

bool make_link(const Directory& directory, const std::string& name, const wheel::WheelFile& file,
               FileSharing& sharing) {
  if (file.origin == nullptr || sharing.mode() == wheel::LinkMode::kCopy ||
      !sharing.is_possible()) {
    return false;
  }
  const std::string path(file.path);
  const Directory& origin = *file.origin;
  if (sharing.mode() == wheel::LinkMode::kClone)
    return clone_file(directory, name, origin, path, sharing);
  // Not a failure of the file system: another directory may have the usual modes.
  if (sharing.mode() == wheel::LinkMode::kHardlink && !has_usual_modes(directory)) return false;
  const bool is_hard = sharing.mode() == wheel::LinkMode::kHardlink;
  const int failed =
      is_hard ? linkat(origin.descriptor(), path.c_str(), directory.descriptor(), name.c_str(), 0)
              : symlinkat((std::string(file.origin_path) + '/' + path).c_str(),
                          directory.descriptor(), name.c_str());
  if (failed != 0) sharing.note_failure(errno);
  return failed == 0;
}

bool clone_content(const wheel::CachedContent& content, int file, FileSharing& sharing) {
  if (sharing.mode() != wheel::LinkMode::kClone || !sharing.is_possible()) return false;
  content.check();
  const std::uint64_t whole = content.size() / wheel::kStoredAlignment * wheel::kStoredAlignment;
  file_clone_range range{};
  range.src_fd = content.descriptor();
  range.src_offset = content.offset();
  range.src_length = whole;
  if (ioctl(file, FICLONERANGE, &range) != 0) {
    sharing.note_failure(errno);
    return false;
  }
  std::string rest(content.size() - whole, '\0');
  wheel::read_at(content.descriptor(), content.offset() + whole, rest.data(), rest.size());
  if (lseek(file, static_cast<off_t>(whole), SEEK_SET) < 0) {
    throw base::FileError("write", "a file of the target", errno);
  }
  base::write_all(file, rest, "a file of the target");
  return true;
}

}  // namespace ensure::install
