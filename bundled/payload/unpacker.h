#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "bundled/payload/manifest.h"

struct ZSTD_DCtx_s;

namespace ensure::bundled {

/// Unpacks frames, one after another, into memory that is reused for the next part: a part stays in
/// the cache of the processor, and no page is touched for the first time twice.
class Unpacker {
 public:
  /// Reserves memory for frames of `size` unpacked bytes together. Invalidates earlier results.
  void start(std::size_t size);

  /// Checks a frame that is no difference against its sum, and unpacks it. The result is valid
  /// until the next `start`. Throws the `Error` of `damaged_bundle`.
  [[nodiscard]] std::string_view unpack(std::string_view payload, const Frame& frame);

  /// Like `unpack`, for a frame that is the difference to the unpacked frame `base`; fastest if
  /// that was unpacked just before.
  [[nodiscard]] std::string_view unpack_difference(std::string_view payload, const Frame& frame,
                                                   std::string_view base);

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  /// Memory for a frame of `size` unpacked bytes.
  [[nodiscard]] char* reserve(std::size_t size);

  std::unique_ptr<ZSTD_DCtx_s, FreeContext> context_;  ///< made when it is first needed
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
};

/// Lends unpackers to threads, and keeps those that are returned, with their memory, for the next.
class UnpackerPool {
 public:
  /// Returns the unpacker at its end.
  class Loan {
   public:
    explicit Loan(UnpackerPool& pool) : pool_(pool), unpacker_(pool.take()) {}
    ~Loan() { pool_.give_back(std::move(unpacker_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;

    Unpacker& operator*() const { return *unpacker_; }

   private:
    UnpackerPool& pool_;
    std::unique_ptr<Unpacker> unpacker_;
  };

 private:
  [[nodiscard]] std::unique_ptr<Unpacker> take();
  void give_back(std::unique_ptr<Unpacker> unpacker);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Unpacker>> idle_;
};

}  // namespace ensure::bundled
