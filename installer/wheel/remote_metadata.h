#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::wheel {

/// Bytes of a file that is somewhere else: from `first` to `last`, both included.
struct ByteSpan {
  std::uint64_t first;
  std::uint64_t last;

  bool operator==(const ByteSpan&) const = default;
};

/// The last bytes of a wheel, from `offset` to its end.
struct WheelTail {
  std::uint64_t offset = 0;
  std::string bytes;
};

/// The METADATA of a wheel of which only its tail and maybe a piece further to the front are here;
/// or else the bytes that it takes besides. Where those end at the tail, they make it longer; else
/// they are the piece. After two such steps METADATA is there.
///
/// This is for looking: only what is read is checked. A wheel that is to be installed is read as a
/// whole, by `WheelArchive`. Throws `base::Error` (`kVerification`) where the tail is none of a
/// wheel with this name.
[[nodiscard]] std::variant<std::string, ByteSpan> find_remote_metadata(
    const specs::WheelFilename& filename, const WheelTail& tail, const WheelTail* piece = nullptr);

}  // namespace ensure::wheel
