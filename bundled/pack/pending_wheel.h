#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bundled/pack/packed_wheel.h"
#include "bundled/pack/partition.h"
#include "bundled/payload/manifest.h"

namespace ensure::bundled {

/// The content of a frame on its way into the payload.
struct PendingFrame {
  std::string content;
  std::string packed;  ///< empty until it is compressed, or without content
};

/// One for each part.
using PendingFrames = std::vector<PendingFrame>;

/// A wheel that is cut into parts.
struct PendingWheel {
  const PackedWheel* wheel = nullptr;
  std::optional<std::size_t> base;  ///< the newest release of the same project, if it is older
  PendingFrames frames;
  std::vector<PendingFrames> bytecode;
};

/// Cuts each wheel into frames; an older release of a project gets its newest one for a base. The
/// result points to `wheels`.
[[nodiscard]] std::vector<PendingWheel> cut_wheels(const std::vector<PackedWheel>& wheels,
                                                   const Partition& partition);

/// The entry in the manifest for a wheel whose frames are compressed.
[[nodiscard]] BundledWheel describe(const PendingWheel& pending);

/// How many bytes the frames of wheels take, together.
[[nodiscard]] std::size_t packed_size(const std::vector<PendingWheel>& wheels);

}  // namespace ensure::bundled
