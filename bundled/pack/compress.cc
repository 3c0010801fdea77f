#include "bundled/pack/compress.h"

#include <lz4hc.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <memory>

#include "installer/base/error.h"

namespace ensure::bundled {

namespace {

base::Error cannot_be_compressed(const std::string& why) {
  return base::Error(base::ExitCode::kFailure, "a part of the bundle cannot be compressed: " + why)
      .with_hint("choose another level, or cut the wheels into more parts");
}

std::size_t require(std::size_t result) {
  if (ZSTD_isError(result) != 0U) throw cannot_be_compressed(ZSTD_getErrorName(result));
  return result;
}

/// The window that lets the whole content refer to the whole base.
int window_log(std::size_t size) {
  const ZSTD_bounds bounds = ZSTD_cParam_getBounds(ZSTD_c_windowLog);
  return std::clamp(static_cast<int>(std::bit_width(size)), bounds.lowerBound, bounds.upperBound);
}

}  // namespace

std::string compress(std::string_view content) {
  if (content.size() > LZ4_MAX_INPUT_SIZE) throw cannot_be_compressed("it is too large");
  const int size = static_cast<int>(content.size());
  std::string packed(static_cast<std::size_t>(LZ4_compressBound(size)), '\0');
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): the size is there, as LZ4 wants it
  const int packed_size = LZ4_compress_HC(content.data(), packed.data(), size,
                                          static_cast<int>(packed.size()), LZ4HC_CLEVEL_MAX);
  if (packed_size <= 0) throw cannot_be_compressed("LZ4 fails");
  packed.resize(static_cast<std::size_t>(packed_size));
  return packed;
}

std::string compress_difference(std::string_view content, std::string_view base, int level) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  const auto set = [&](ZSTD_cParameter parameter, int value) {
    require(ZSTD_CCtx_setParameter(context.get(), parameter, value));
  };
  set(ZSTD_c_compressionLevel, level);
  set(ZSTD_c_windowLog, window_log(content.size() + base.size()));
  // The manifest has a checksum already.
  set(ZSTD_c_checksumFlag, 0);
  require(ZSTD_CCtx_refPrefix(context.get(), base.data(), base.size()));
  std::string packed(ZSTD_compressBound(content.size()), '\0');
  packed.resize(require(
      ZSTD_compress2(context.get(), packed.data(), packed.size(), content.data(), content.size())));
  return packed;
}

}  // namespace ensure::bundled
