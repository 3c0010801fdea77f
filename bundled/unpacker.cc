#include "bundled/unpacker.h"

#include <zstd.h>

#include <new>

#include "bundled/damage.h"
#include "installer/base/digest.h"

namespace ensure::bundled {

void Unpacker::FreeContext::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

Unpacker::Unpacker() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

void Unpacker::start(std::size_t size) {
  used_ = 0;
  if (size <= capacity_) return;
  // The old memory goes first, so that both are never held at the same time.
  buffer_.reset();
  capacity_ = 0;
  buffer_ = std::make_unique_for_overwrite<char[]>(size);
  capacity_ = size;
}

std::string_view Unpacker::unpack(std::string_view payload, const Frame& frame,
                                  std::string_view base) {
  if (frame.unpacked_size == 0) return {};
  const std::string_view packed = payload.substr(frame.offset, frame.size);
  if (base::sha256(packed) != frame.digest) {
    throw damaged_bundle("a part of it does not have the SHA-256 that it should have");
  }
  char* const goal = buffer_.get() + used_;
  // Zstandard takes a base that lies just in front of the goal as part of the same text.
  const std::size_t size = ZSTD_decompress_usingDict(
      context_.get(), goal, std::min(capacity_ - used_, std::size_t{frame.unpacked_size}),
      packed.data(), packed.size(), base.data(), base.size());
  if (ZSTD_isError(size) != 0U || size != frame.unpacked_size) {
    throw damaged_bundle("a part of it cannot be unpacked");
  }
  used_ += size;
  return {goal, size};
}

std::unique_ptr<Unpacker> UnpackerPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Unpacker> unpacker = std::move(idle_.back());
      idle_.pop_back();
      return unpacker;
    }
  }
  return std::make_unique<Unpacker>();
}

void UnpackerPool::give_back(std::unique_ptr<Unpacker> unpacker) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(unpacker));
}

}  // namespace ensure::bundled
