#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

struct PayloadSettings {
  int level = 19;                         ///< Zstandard's
  std::size_t slice_size = 192UL * 1024;  ///< of a part of a wheel, in bytes (`Partition`)
  std::size_t threads = 1;
  /// The most bytes that the payload may take with bytecode. Bytecode for the oldest Pythons is
  /// left out if it would be larger.
  std::size_t limit = std::numeric_limits<std::size_t>::max();
};

struct PackedPayload {
  std::string bytes;
  std::vector<PackedWheel> wheels;  ///< those in it, without the bytecode that was left out
};

/// Packs wheels into a payload that `Bundle` reads, the newest first. The same wheels and settings
/// give the same bytes. Throws `Error` if they cannot be packed.
[[nodiscard]] PackedPayload write_payload(std::vector<PackedWheel> wheels,
                                          const PayloadSettings& settings);

/// Reads a payload as the program will, and throws `Error` (`kFailure`) unless it gives back
/// exactly the files of `wheels`: digests made from a wrong payload would never tell.
void prove_payload(std::string_view payload, const std::vector<PackedWheel>& wheels);

/// Throws `Error` (`kFailure`) unless the payload has the bytecode of CPython for each of
/// `versions`, such as "3.12". It may be missing because the build machine lacks that Python, or
/// because the payload had no room for it.
void require_bytecode(std::string_view payload, const std::vector<std::string>& versions);

}  // namespace ensure::bundled
