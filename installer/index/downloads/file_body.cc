#include "installer/index/downloads/file_body.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "installer/base/error.h"

namespace ensure::index {
namespace {

constexpr std::uint64_t kLargestInMemory = std::uint64_t{4} << 20U;

/// A file without a name, which disappears with its descriptor even if the process is killed.
base::Descriptor unnamed_file(const base::Path& directory) {
  if (directory.empty()) return {};
  return base::Descriptor(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

bool write_at(int file, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return true;
}

std::string read_all(int file, std::uint64_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(file, bytes.data() + done, size - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw base::FileError("read", "a temporary file", count < 0 ? errno : EIO);
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace

void release_mapping(std::string_view bytes) {
  // The mapping begins at a page. A failure only costs memory.
  (void)::madvise(const_cast<char*>(bytes.data()), bytes.size(), MADV_DONTNEED);
}

FileBody::FileBody(const std::set<base::DigestAlgorithm>& algorithms, base::Path directory,
                   std::function<void(std::uint64_t)> received)
    : algorithms_(algorithms), directory_(std::move(directory)), received_(std::move(received)) {
  start_hashing();
}

FileBody::~FileBody() = default;

void FileBody::start_hashing() {
  hashers_.clear();
  for (const base::DigestAlgorithm algorithm : algorithms_) {
    hashers_.emplace(algorithm, base::Hasher(algorithm));
  }
}

void FileBody::begin(std::uint64_t offset, std::optional<std::uint64_t> total) {
  if (!begun_ || offset < offset_) {
    truncate(0);
    offset_ = offset;
    begun_ = true;
  } else if (offset - offset_ > size_) {
    throw base::Error(base::ExitCode::kNetwork, "the server left out a part of the file")
        .with_hint("run again");
  } else {
    truncate(offset - offset_);
  }
  const std::uint64_t expected = total ? *total - std::min(*total, offset_) : 0;
  if (expected > kLargestInMemory) {
    spill();
  } else if (!file_) {
    memory_.reserve(expected);
  }
}

void FileBody::write(std::string_view bytes) {
  hash(bytes);
  append(bytes);
  if (received_) received_(bytes.size());
}

void FileBody::truncate(std::uint64_t size) {
  if (size == size_) return;
  if (file_ && size > 0) memory_ = read_all(file_.get(), size);
  file_.reset();
  memory_.resize(size);
  size_ = size;
  start_hashing();
  hash(memory_);
}

void FileBody::hash(std::string_view bytes) {
  for (auto& [algorithm, hasher] : hashers_) hasher.update(bytes);
}

void FileBody::append(std::string_view bytes) {
  if (!file_ && size_ + bytes.size() > kLargestInMemory) spill();
  if (file_ && !write_at(file_.get(), size_, bytes)) give_up_file();
  if (!file_) memory_ += bytes;
  size_ += bytes.size();
}

void FileBody::spill() {
  if (file_ || !may_spill_) return;
  file_ = unnamed_file(directory_);
  if (!file_ || !write_at(file_.get(), 0, memory_)) {
    file_.reset();
    may_spill_ = false;
    return;
  }
  memory_ = std::string();
}

/// The disk is full, so the bytes go back to memory.
void FileBody::give_up_file() {
  memory_ = read_all(file_.get(), size_);
  file_.reset();
  may_spill_ = false;
}

std::string FileBody::digest(base::DigestAlgorithm algorithm) {
  return hashers_.at(algorithm).finish();
}

KeptBytes FileBody::take() {
  if (file_ && size_ > 0) {
    using base::FileMapping;
    if (auto mapping = FileMapping::try_map(file_, size_, FileMapping::Access::kRead)) {
      const auto kept = std::make_shared<const FileMapping>(*std::move(mapping));
      return {kept->bytes(), kept, true};
    }
    give_up_file();
  }
  const auto text = std::make_shared<const std::string>(std::move(memory_));
  return {*text, text, false};
}

net::Request http_request(const FileRequest& request, net::Urgency urgency) {
  net::Request http{.url = request.url.without_fragment(), .urgency = urgency};
  http.digest_is_checked = !request.digests.empty() || !request.accepted.empty();
  if (request.size) http.size_limit = *request.size;
  return http;
}

}  // namespace ensure::index
