#include "bundled/payload/bundle.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <mutex>
#include <new>
#include <utility>

#include "bundled/payload/bytes.h"
#include "installer/base/digest.h"

namespace ensure::bundled {

namespace {

/// The part that holds the .dist-info directory, and nothing else.
constexpr std::size_t kDistInfoPart = 0;

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

/// Unpacks frames, one after another, into memory that is reused for the next part: a part stays in
/// the cache of the processor, and no page is touched for the first time twice.
class Unpacker {
 public:
  /// Reserves memory for frames of `size` unpacked bytes together. Invalidates earlier results.
  void start(std::size_t size) {
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

  /// Checks a frame that is no difference against its sum, and unpacks it. The result is valid
  /// until the next `start`. Throws the `Error` of `damaged_bundle`.
  [[nodiscard]] std::string_view unpack(std::string_view payload, const Frame& frame) {
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

  /// Like `unpack`, for a frame that is the difference to the unpacked frame `base`; fastest if
  /// that was unpacked just before.
  [[nodiscard]] std::string_view unpack_difference(std::string_view payload, const Frame& frame,
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

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };

  /// Memory for a frame of `size` unpacked bytes.
  [[nodiscard]] char* reserve(std::size_t size) {
    if (size > capacity_ - used_) throw cannot_be_unpacked();
    char* const place = buffer_.get() + used_;
    used_ += size;
    return place;
  }

  std::unique_ptr<ZSTD_DCtx, FreeContext> context_;  ///< made when it is first needed
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

}  // namespace

/// Lends unpackers to threads, and keeps those that are returned, with their memory, for the next.
class Bundle::UnpackerPool {
 public:
  [[nodiscard]] std::unique_ptr<Unpacker> take() {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Unpacker>();
    std::unique_ptr<Unpacker> unpacker = std::move(idle_.back());
    idle_.pop_back();
    return unpacker;
  }

  void give_back(std::unique_ptr<Unpacker> unpacker) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(unpacker));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Unpacker>> idle_;
};

Bundle::Bundle(std::string_view payload)
    : payload_(payload),
      wheels_(decode_manifest(payload)),
      unpackers_(std::make_unique<UnpackerPool>()) {}

Bundle::~Bundle() = default;

const BundledWheel* Bundle::newest_for(const specs::Version& python) const {
  const auto found = std::ranges::find_if(
      wheels_, [&](const BundledWheel& wheel) { return wheel.requires_python.contains(python); });
  return found == wheels_.end() ? nullptr : &*found;
}

DistInfoFiles Bundle::dist_info_files(const BundledWheel& wheel) const {
  DistInfoFiles files;
  read_part(wheel, kDistInfoPart, {}, [&](const BundledFile& file) {
    files.emplace(file.path.substr(wheel.dist_info.size() + 1), file.content);
  });
  return files;
}

void Bundle::read_part(const BundledWheel& wheel, std::size_t part, std::string_view cache_tag,
                       const FileVisitor& visit) const {
  std::unique_ptr<Unpacker> unpacker = unpackers_->take();  // an error ends it
  const Frame* const base = wheel.base ? &wheels_.at(*wheel.base).frames.at(part) : nullptr;
  const Frame& source = wheel.frames.at(part);
  const BundledBytecode* const bytecode = wheel.bytecode_for(cache_tag);
  const Frame* const compiled = bytecode == nullptr ? nullptr : &bytecode->frames.at(part);
  std::size_t size = source.unpacked_size;
  if (base != nullptr) size += base->unpacked_size;
  if (compiled != nullptr) size += compiled->unpacked_size;
  unpacker->start(size);

  const std::string_view files =
      base == nullptr
          ? unpacker->unpack(payload_, source)
          : unpacker->unpack_difference(payload_, source, unpacker->unpack(payload_, *base));
  visit_files(files, false, visit);
  if (compiled != nullptr) {
    // Modules and their bytecode share names and documentation: bytecode is a difference to them.
    visit_files(unpacker->unpack_difference(payload_, *compiled, files), true, visit);
  }
  unpackers_->give_back(std::move(unpacker));
}

}  // namespace ensure::bundled
