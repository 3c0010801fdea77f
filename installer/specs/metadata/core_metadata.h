#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The fields of a METADATA file that installing and resolving need ("Core metadata
/// specifications").
struct CoreMetadata {
  std::string metadata_version;
  PackageName name;
  Version version;
  std::optional<SpecifierSet> requires_python;
  std::vector<std::string> requires_dist;   ///< requirements (PEP 508), as written
  std::vector<std::string> provides_extra;  ///< as written
  std::vector<std::string> dynamic;         ///< names of fields, in lower case (PEP 643)

  /// Throws `base::ParseError` with the exit code for a failed verification if a required field is
  /// missing, occurs twice or is malformed, and for a Metadata-Version from 3 on, whose fields may
  /// have another meaning.
  static CoreMetadata parse(std::string_view text);

  /// Of the PKG-INFO of a source distribution: whether each wheel that is built from it has the
  /// same dependencies, so that they are known without a build (PEP 643: since Metadata-Version 2.2
  /// fields that may change are listed as `Dynamic`).
  [[nodiscard]] bool is_promise() const;
};

/// The WHEEL file of a wheel ("Binary distribution format", "File contents").
struct WheelMetadata {
  bool root_is_purelib = false;

  /// Throws `base::ParseError` with the exit code for a failed verification if Wheel-Version or
  /// Root-Is-Purelib is missing, occurs twice or is malformed, if a tag is malformed, or if the
  /// major part of Wheel-Version is above 1, which the standard requires to refuse.
  static WheelMetadata parse(std::string_view text);
};

}  // namespace ensure::specs
