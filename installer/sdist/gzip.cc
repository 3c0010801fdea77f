#include "installer/sdist/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace ensure::sdist {
namespace {

constexpr std::uint64_t kBestRatio = 1032;   // of deflate
constexpr std::size_t kShortestMember = 18;  // header and trailer

struct DecompressorCloser {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

/// What the last four bytes say of the size: true of most files, and a guess for all others.
std::uint64_t announced_size(std::string_view bytes) {
  std::uint64_t size = 0;
  for (std::size_t i = 4; i > 0; --i) {
    size = size << 8U | static_cast<std::uint8_t>(bytes[bytes.size() - 5 + i]);
  }
  return size;
}

bool is_padding(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

/// Appends the members one after the other; the text grows as they need it.
class Unpacking {
 public:
  Unpacking(std::string_view bytes, const wheel::ArchiveErrors& refusal, std::uint64_t largest)
      : left_(bytes),
        refusal_(refusal),
        limit_(std::min(largest, kBestRatio * bytes.size())),
        decompressor_(libdeflate_alloc_decompressor()) {
    text_.resize(std::min(limit_, announced_size(bytes)));
  }

  std::string run() {
    while (!is_padding(left_)) unpack_member();
    text_.resize(size_);
    return std::move(text_);
  }

 private:
  void unpack_member() {
    std::size_t read = 0;
    std::size_t written = 0;
    while (true) {
      const libdeflate_result result = libdeflate_gzip_decompress_ex(
          decompressor_.get(), left_.data(), left_.size(), text_.data() + size_,
          text_.size() - size_, &read, &written);
      if (result == LIBDEFLATE_SUCCESS) break;
      refusal_.require(result == LIBDEFLATE_INSUFFICIENT_SPACE, "it is no sound gzip file");
      refusal_.require(text_.size() < limit_, "it unpacks to more than any source distribution");
      text_.resize(
          std::min<std::uint64_t>(limit_, std::max<std::uint64_t>(4096, 2 * text_.size())));
    }
    left_.remove_prefix(read);
    size_ += written;
  }

  std::string_view left_;
  const wheel::ArchiveErrors& refusal_;
  std::uint64_t limit_;
  std::unique_ptr<libdeflate_decompressor, DecompressorCloser> decompressor_;
  std::string text_;
  std::size_t size_ = 0;
};

}  // namespace

std::string unpack_gzip(std::string_view bytes, const wheel::ArchiveErrors& refusal,
                        std::uint64_t largest) {
  refusal.require(bytes.size() >= kShortestMember, "it is no gzip file");
  return Unpacking(bytes, refusal, largest).run();
}

}  // namespace ensure::sdist
