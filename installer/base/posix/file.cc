#include "installer/base/file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/posix/system_calls.h"
#include "installer/base/process.h"

namespace ensure::base {

namespace {

/// Repeats a call that a signal has interrupted, unless the signal ends the program.
template <typename Call>
auto uninterrupted(const Call& call) {
  while (true) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
    check_interrupt();
  }
}

/// Opens without waiting for the other end of a pipe, and without acquiring a controlling terminal.
constexpr int kOpenToRead = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

Descriptor try_open_to_read(const Path& path) {
  return Descriptor(uninterrupted([&] { return ::open(path.c_str(), kOpenToRead); }));
}

bool is_null_device(const struct stat& raw) {
  return S_ISCHR(raw.st_mode) && raw.st_rdev == makedev(1, 3);
}

std::string_view name_of_type(mode_t mode) {
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

/// The status of the open file. Throws unless it is a regular file or the null device.
struct stat require_regular(const Descriptor& file, const Path& path) {
  struct stat raw{};
  if (fstat(file.get(), &raw) != 0) throw FileError("read", path.text(), errno);
  if (S_ISREG(raw.st_mode) || is_null_device(raw)) return raw;
  if (S_ISDIR(raw.st_mode)) throw FileError("read", path.text(), EISDIR);
  throw FileError(EINVAL,
                  "cannot read `" + path.text() + "`: it is " +
                      std::string(name_of_type(raw.st_mode)) + ", not a regular file",
                  "remove it, or choose another path");
}

void require_at_most(std::uint64_t size, std::uint64_t limit, const Path& path) {
  if (size <= limit) return;
  throw FileError(
      EFBIG,
      "cannot read `" + path.text() + "`: it has more than " + std::to_string(limit) + " bytes",
      "look at what it is; no sound file of its kind is so large");
}

/// Waits until data can be read, or a signal ends the program. Polls with a short timeout, because
/// poll(2) would not notice a signal that arrives just before it.
void wait_to_read(int descriptor) {
  constexpr int kMilliseconds = 100;
  struct pollfd question{.fd = descriptor, .events = POLLIN, .revents = 0};
  int ready = 0;
  while (ready == 0 || (ready < 0 && errno == EINTR)) {
    check_interrupt();
    ready = ::poll(&question, 1, kMilliseconds);
  }
}

/// Reads to the end. `expected` is the size, or 0 if it is unknown, as for files in /proc. Files in
/// /proc/sys return everything with the first read, or cut it off.
std::string read_all(int descriptor, std::uint64_t expected, std::uint64_t limit, const Path& path,
                     bool may_wait = false) {
  require_at_most(expected, limit, path);
  // Room for one byte more than the size: then the first read may already be short, at the end.
  constexpr std::size_t kPage = 4096;
  std::string content(expected == 0 ? kPage : static_cast<std::size_t>(expected) + 1, '\0');
  std::size_t filled = 0;
  while (true) {
    require_at_most(filled, limit, path);
    if (filled == content.size()) content.resize(content.size() * 2);
    if (may_wait) wait_to_read(descriptor);
    const ssize_t count = uninterrupted(
        [&] { return read(descriptor, content.data() + filled, content.size() - filled); });
    if (count < 0 && errno == EAGAIN && may_wait) continue;
    if (count < 0) throw FileError("read", path.text(), errno);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  content.resize(filled);
  return content;
}

std::string read_regular(const Descriptor& file, std::uint64_t limit, const Path& path) {
  const struct stat raw = require_regular(file, path);
  return read_all(file.get(), static_cast<std::uint64_t>(raw.st_size), limit, path);
}

/// The capacity of a pipe: the first guess for the size of a stream.
constexpr std::uint64_t kPipeSize = 65536;

}  // namespace

bool FileStatus::belongs_to_this_user() const { return owner == geteuid(); }

bool FileStatus::is_private() const { return belongs_to_this_user() && (mode & 022U) == 0; }

bool FileStatus::is_own() const { return owner == 0 || belongs_to_this_user(); }

void Descriptor::reset(int descriptor) {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = descriptor;
}

int Descriptor::release() { return std::exchange(descriptor_, -1); }

std::optional<FileStatus> file_status(const Path& path) { return status_at(AT_FDCWD, path, 0); }

std::optional<FileStatus> link_status(const Path& path) {
  return status_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
}

std::string read_file(const Path& path, std::uint64_t limit) {
  const Descriptor file = try_open_to_read(path);
  if (!file) throw FileError("open", path.text(), errno);
  return read_regular(file, limit, path);
}

std::optional<std::string> read_file_if_exists(const Path& path, std::uint64_t limit) {
  const Descriptor file = try_open_to_read(path);
  if (file) return read_regular(file, limit, path);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw FileError("open", path.text(), errno);
}

std::string read_stream(const Path& path, std::uint64_t limit) {
  const Descriptor file = try_open_to_read(path);
  if (!file) throw FileError("open", path.text(), errno);
  struct stat raw{};
  if (fstat(file.get(), &raw) != 0) throw FileError("read", path.text(), errno);
  const bool may_wait = S_ISFIFO(raw.st_mode) || S_ISCHR(raw.st_mode);
  if (!may_wait) return read_regular(file, limit, path);
  return read_all(file.get(), std::min(kPipeSize, limit), limit, path, may_wait);
}

std::string read_standard_input(std::uint64_t limit) {
  return read_all(STDIN_FILENO, std::min(kPipeSize, limit), limit, "standard input", true);
}

File File::open_for_reading(const Path& path) {
  File file(try_open_to_read(path), path);
  if (!file) throw FileError("open", path.text(), errno);
  (void)require_regular(file.descriptor_, path);
  return file;
}

File File::open_for_output(const Path& path) {
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  File file(Descriptor(uninterrupted([&] { return ::open(path.c_str(), kFlags, 0666); })), path);
  if (!file) throw FileError("open", path.text(), errno);
  return file;
}

File File::create_unnamed(const Path& directory) noexcept {
  return {Descriptor(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)), directory};
}

FileStatus File::status() const {
  struct stat raw{};
  if (fstat(descriptor_.get(), &raw) != 0) throw FileError("examine", path_.text(), errno);
  return from_stat(raw);
}

void File::read_at(std::uint64_t offset, char* bytes, std::size_t size) const {
  while (size > 0) {
    const ssize_t count = uninterrupted(
        [&] { return ::pread(descriptor_.get(), bytes, size, static_cast<off_t>(offset)); });
    if (count <= 0) throw FileError("read", path_.text(), count < 0 ? errno : EIO);
    bytes += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

std::string File::read(std::uint64_t limit) const {
  return read_regular(descriptor_, limit, path_);
}

void File::write(std::string_view bytes) const {
  if (!write_fully(descriptor_.get(), bytes)) throw FileError("write", path_.text(), errno);
}

void File::write_at(std::uint64_t offset, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw FileError("write", path_.text(), errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void File::clone_range(const File& source, std::uint64_t offset, std::uint64_t size) const {
  file_clone_range range{};
  range.src_fd = source.descriptor_.get();
  range.src_offset = offset;
  range.src_length = size;
  const bool is_done = ioctl(descriptor_.get(), FICLONERANGE, &range) == 0 &&
                       lseek(descriptor_.get(), static_cast<off_t>(size), SEEK_SET) >= 0;
  if (!is_done) throw FileError("clone", path_.text(), errno);
}

void File::set_changed_now() const noexcept { (void)futimens(descriptor_.get(), nullptr); }

void MappedFile::release(std::string_view part) noexcept {
  constexpr std::uintptr_t kPage = 4096;
  const std::uintptr_t lead =
      (kPage - reinterpret_cast<std::uintptr_t>(part.data()) % kPage) % kPage;
  if (part.size() < lead + kPage) return;
  // A failure only costs memory.
  (void)madvise(const_cast<char*>(part.data() + lead), (part.size() - lead) / kPage * kPage,
                MADV_DONTNEED);
}

MappedFile::MappedFile(const File& file, std::uint64_t limit)
    : size_(static_cast<std::size_t>(require_regular(file.descriptor_, file.path()).st_size)) {
  require_at_most(size_, limit, file.path());
  if (size_ == 0) return;
  void* const data = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.descriptor_.get(), 0);
  if (data == MAP_FAILED) throw FileError("read", file.path().text(), errno);
  data_ = data;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) munmap(data_, size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace ensure::base
