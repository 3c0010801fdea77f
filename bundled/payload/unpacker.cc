#include "bundled/payload/unpacker.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>

#include "bundled/payload/damage.h"
#include "installer/base/digest.h"

namespace ensure::bundled {

namespace {

base::Error cannot_be_unpacked() { return damaged_bundle("a part of it cannot be unpacked"); }

/// The bytes of a frame, whose checksum is right.
std::string_view checked(std::string_view payload, const Frame& frame) {
  const std::string_view packed = payload.substr(frame.offset, frame.size);
  if (base::long_checksum(packed) != frame.sum) {
    throw damaged_bundle("a part of it does not have the checksum that it should have");
  }
  return packed;
}

/// LZ4 counts bytes in `int`, and its blocks are not longer than that.
int int_size(std::size_t size) {
  if (size > std::size_t{std::numeric_limits<int>::max()}) throw cannot_be_unpacked();
  return static_cast<int>(size);
}

}  // namespace

void Unpacker::FreeContext::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

void Unpacker::start(std::size_t size) {
  // Memory that is never touched costs nothing, and memory got anew has to be touched anew.
  constexpr std::size_t kUsual = std::size_t{1} << 20U;
  used_ = 0;
  if (size <= capacity_) return;
  size = std::max(size, kUsual);
  // The old memory goes first, so that both are never held at the same time.
  buffer_.reset();
  capacity_ = 0;
  buffer_ = std::make_unique_for_overwrite<char[]>(size);
  capacity_ = size;
}

char* Unpacker::reserve(std::size_t size) {
  if (size > capacity_ - used_) throw cannot_be_unpacked();
  char* const place = buffer_.get() + used_;
  used_ += size;
  return place;
}

std::string_view Unpacker::unpack(std::string_view payload, const Frame& frame) {
  if (frame.unpacked_size == 0) return {};
  const std::string_view packed = checked(payload, frame);
  char* const goal = reserve(frame.unpacked_size);
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size is there, as LZ4 wants it
  const int size = LZ4_decompress_safe(packed.data(), goal, int_size(packed.size()),
                                       int_size(frame.unpacked_size));
  if (size < 0 || static_cast<std::uint32_t>(size) != frame.unpacked_size) {
    throw cannot_be_unpacked();
  }
  return {goal, frame.unpacked_size};
}

std::string_view Unpacker::unpack_difference(std::string_view payload, const Frame& frame,
                                             std::string_view base) {
  if (frame.unpacked_size == 0) return {};
  const std::string_view packed = checked(payload, frame);
  char* const goal = reserve(frame.unpacked_size);
  if (!context_) context_.reset(ZSTD_createDCtx());
  if (!context_) throw std::bad_alloc();
  // Zstandard takes a base that lies just in front of the goal as part of the same text.
  const std::size_t size =
      ZSTD_decompress_usingDict(context_.get(), goal, frame.unpacked_size, packed.data(),
                                packed.size(), base.data(), base.size());
  if (ZSTD_isError(size) != 0U || size != frame.unpacked_size) throw cannot_be_unpacked();
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
