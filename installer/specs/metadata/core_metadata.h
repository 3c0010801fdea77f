#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The fields at the head of METADATA and WHEEL: `Name: value` lines as in an e-mail, up to the
/// first empty line. A line that begins with a blank continues the value before it.
class Headers {
 public:
  /// The first line that is not a field ends the head, as in Python's `email.parser`. Throws
  /// `base::ParseError` with the exit code for a failed verification if there are more than 100,000
  /// fields.
  static Headers parse(std::string_view text);

  /// The values of a field, in the order written; the case of its name does not count.
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

  /// The value of a field that may occur once only. Throws `base::ParseError` with the exit code
  /// for a failed verification if it occurs twice: readers would differ on which one counts.
  [[nodiscard]] std::optional<std::string> single(std::string_view name) const;

 private:
  /// Adds a line. Returns false if the head ends before it.
  bool add(std::string_view line);

  struct Field {
    std::string name;  ///< in lower case
    std::string value;
  };

  std::vector<Field> fields_;
};

/// The fields of a METADATA file that installing and resolving need ("Core metadata
/// specifications").
struct CoreMetadata {
  PackageName name;
  Version version;
  std::optional<SpecifierSet> requires_python;
  std::vector<std::string> requires_dist;   ///< requirements (PEP 508), as written
  std::vector<std::string> provides_extra;  ///< as written
  /// Of the PKG-INFO of a source distribution: whether each wheel that is built from it has the
  /// same dependencies, so that they are known without a build (PEP 643: since Metadata-Version 2.2
  /// fields that may change are listed as `Dynamic`).
  bool is_promise = false;

  /// Throws `base::ParseError` with the exit code for a failed verification if a required field is
  /// missing, occurs twice or is malformed, and for a Metadata-Version from 3 on, whose fields may
  /// have another meaning.
  static CoreMetadata parse(std::string_view text);
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
