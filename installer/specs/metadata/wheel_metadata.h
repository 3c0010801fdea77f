#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/tags/tags.h"

namespace ensure::specs {

/// The WHEEL file of a wheel ("Binary distribution format", "File contents").
struct WheelMetadata {
  std::uint64_t wheel_version_major = 1;
  std::uint64_t wheel_version_minor = 0;
  bool root_is_purelib = false;
  std::vector<Tag> tags;             ///< all tags, expanded
  std::optional<std::string> build;  ///< as written
  std::string generator;             ///< empty where it is not told

  /// Throws `base::ParseError` with the exit code for a failed verification where Wheel-Version or
  /// Root-Is-Purelib is missing, twice there or malformed, a tag is malformed, or the
  /// Wheel-Version has a major part above 1: such a wheel has to be refused.
  static WheelMetadata parse(std::string_view text);
};

}  // namespace ensure::specs
