#include "installer/index/downloads/file_body.h"

#include <algorithm>
#include <utility>

#include "installer/base/error.h"

namespace ensure::index {
namespace {

constexpr std::uint64_t kLargestInMemory = std::uint64_t{4} << 20U;

std::string read_all(const base::File& file, std::uint64_t size) {
  std::string bytes(size, '\0');
  file.read_at(0, bytes.data(), size);
  return bytes;
}

/// Returns false if the disk is full.
bool try_write_at(const base::File& file, std::uint64_t offset, std::string_view bytes) try {
  file.write_at(offset, bytes);
  return true;
} catch (const base::FileError&) {
  return false;
}

}  // namespace

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
  if (file_ && size > 0) memory_ = read_all(file_, size);
  file_ = {};
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
  if (file_ && !try_write_at(file_, size_, bytes)) give_up_file();
  if (!file_) memory_ += bytes;
  size_ += bytes.size();
}

void FileBody::spill() {
  if (file_ || !may_spill_) return;
  if (!directory_.empty()) file_ = base::File::create_unnamed(directory_);
  if (!file_ || !try_write_at(file_, 0, memory_)) {
    file_ = {};
    may_spill_ = false;
    return;
  }
  memory_ = std::string();
}

/// The disk is full, so the bytes go back to memory.
void FileBody::give_up_file() {
  memory_ = read_all(file_, size_);
  file_ = {};
  may_spill_ = false;
}

std::string FileBody::digest(base::DigestAlgorithm algorithm) {
  return hashers_.at(algorithm).finish();
}

KeptBytes FileBody::take() {
  if (file_ && size_ > 0) {
    try {
      const auto kept = std::make_shared<const base::MappedFile>(file_);
      return {kept->bytes(), kept, true};
    } catch (const base::FileError&) {
      give_up_file();
    }
  }
  const auto text = std::make_shared<const std::string>(std::move(memory_));
  return {*text, text, false};
}

net::Request http_request(const FileRequest& request) {
  net::Request http{.url = request.url.without_fragment()};
  http.digest_is_checked = !request.digests.empty() || !request.accepted.empty();
  if (request.size) http.size_limit = *request.size;
  return http;
}

}  // namespace ensure::index
