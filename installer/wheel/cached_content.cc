#include "installer/wheel/cached_content.h"

#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "installer/base/error.h"

namespace ensure::wheel {

void read_at(int descriptor, std::uint64_t offset, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::pread(descriptor, bytes, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw base::FileError("read", "a file of the cache", count < 0 ? errno : EIO);
    bytes += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

void CachedContent::read(const std::function<void(std::string_view piece)>& take) const {
  constexpr std::uint64_t kPiece = std::uint64_t{256} << 10U;
  std::string piece(std::min(size(), kPiece), '\0');
  std::uint32_t crc32 = 0;
  for (std::uint64_t done = 0; done < size();) {
    const std::size_t count = std::min<std::uint64_t>(size() - done, piece.size());
    read_at(descriptor_, offset_ + done, piece.data(), count);
    crc32 = libdeflate_crc32(crc32, piece.data(), count);
    take(std::string_view(piece).substr(0, count));
    done += count;
  }
  errors_->require(crc32 == entry_->crc32, entry_->path, "has content that is damaged");
}

void CachedContent::check() const {
  read([](std::string_view /*piece*/) {});
}

}  // namespace ensure::wheel
