#include "installer/wheel/cache_filling_wheel.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <utility>

#include "installer/wheel/cached_content.h"

namespace ensure::wheel {

namespace {

constexpr std::uint32_t kNanoseconds = 1'000'000'000;

/// Whether a file with these attributes may be the unpacked `file`. It must belong to the caller or
/// root: through a hard link in an environment, another user may have become its owner.
bool may_be_unpacked(const WheelFile& file, bool is_regular, std::uint32_t mode, std::uint64_t size,
                     std::uint64_t owner) {
  return is_regular && mode == unpacked_mode(file.executable) && size == file.content.size() &&
         (owner == 0 || owner == geteuid());
}

/// Creates the missing directories of a relative path so that no other user may write to them,
/// whatever the umask is.
void make_directories(const base::Directory& folder, const std::filesystem::path& path) {
  if (path.empty() || mkdirat(folder.descriptor(), path.c_str(), 0755) == 0 || errno == EEXIST) {
    return;
  }
  if (errno == ENOENT) {
    make_directories(folder, path.parent_path());
    if (mkdirat(folder.descriptor(), path.c_str(), 0755) == 0 || errno == EEXIST) return;
  }
  throw base::FileError("create the folder", (folder.path() / path).native(), errno);
}

}  // namespace

void set_mtime_fingerprint(const base::Directory& folder, const std::filesystem::path& path,
                           std::uint32_t crc32) {
  const std::array<timespec, 2> times{
      timespec{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
      timespec{.tv_sec = ::time(nullptr), .tv_nsec = static_cast<long>(crc32 % kNanoseconds)}};
  // Where it cannot be done, or the file system counts in seconds, contents are compared.
  (void)utimensat(folder.descriptor(), path.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
}

bool is_unpacked_file(const base::FileStatus& status, const WheelFile& file) {
  return may_be_unpacked(file, status.type == base::FileType::kRegular, status.mode, status.size,
                         status.owner);
}

bool has_mtime_fingerprint(const base::Directory& folder, const WheelFile& file) {
  struct stat raw{};
  return fstatat(folder.descriptor(), std::string(file.path).c_str(), &raw, AT_SYMLINK_NOFOLLOW) ==
             0 &&
         may_be_unpacked(file, S_ISREG(raw.st_mode), raw.st_mode & 07777U,
                         static_cast<std::uint64_t>(raw.st_size), raw.st_uid) &&
         raw.st_mtim.tv_nsec == static_cast<long>(file.crc32 % kNanoseconds);
}

struct CacheFillingWheel::State {
  std::atomic<std::size_t> parts_left;
  std::atomic<bool> is_whole = true;
};

CacheFillingWheel::CacheFillingWheel(std::shared_ptr<const WheelSource> wheel, Target target)
    : ForwardingSource(std::move(wheel)),
      target_(std::move(target)),
      state_(std::make_unique<State>(this->wheel().part_count())) {}

CacheFillingWheel::~CacheFillingWheel() = default;

void CacheFillingWheel::read_part(std::size_t part, const Visitor& visit) const {
  std::string last_folder;
  wheel().read_part(part, [&](const WheelFile& file) {
    WheelFile found = file;
    if (state_->is_whole && write(file, last_folder)) {
      found.origin = target_.folder;
      found.origin_path = target_.origin;
    }
    visit(found);
  });
  if (--state_->parts_left > 0 || !state_->is_whole || target_.keep()) return;
  if (!target_.must_be_kept) return;
  throw base::Error(base::ExitCode::kFileSystem, "`" + target_.origin + "` cannot be kept")
      .with_hint("make room on the file system of the cache, or choose `--link-mode copy`");
}

bool CacheFillingWheel::write(const WheelFile& file, std::string& last_folder) const {
  try {
    if (file.cached != nullptr) file.cached->check();
    const std::filesystem::path path = file.path;
    if (const std::string folder = path.parent_path(); folder != last_folder) {
      make_directories(*target_.folder, folder);
      last_folder = folder;
    }
    target_.folder->write_file(path, file.content);
    if (fchmodat(target_.folder->descriptor(), path.c_str(), unpacked_mode(file.executable), 0) !=
        0) {
      throw base::FileError("set the mode of", (target_.folder->path() / path).native(), errno);
    }
    set_mtime_fingerprint(*target_.folder, path, file.crc32);
    return true;
  } catch (const base::FileError& error) {
    state_->is_whole = false;
    target_.give_up(error);
    if (target_.must_be_kept) throw;
    return false;
  }
}

}  // namespace ensure::wheel
