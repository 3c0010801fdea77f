#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::wheel {

/// A range of bytes of a remote file, from `first` to `last`, both included.
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

/// Extracts METADATA from the tail of a remote wheel and, if there is one, a `piece` before the
/// tail. Returns the bytes that are missing otherwise: if they end where the tail begins, they
/// extend the tail, else they are the piece. At most two such requests are needed.
///
/// This is for resolution: only the bytes that are read are checked. A wheel that is installed is
/// read as a whole, by `WheelArchive`. Throws `base::Error` (`kVerification`) if the tail does not
/// belong to a wheel with this name.
[[nodiscard]] std::variant<std::string, ByteSpan> find_remote_metadata(
    const specs::WheelFilename& filename, const WheelTail& tail, const WheelTail* piece = nullptr);

}  // namespace ensure::wheel
