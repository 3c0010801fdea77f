#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// What installing and resolving need of a METADATA file ("Core metadata specifications").
struct CoreMetadata {
  std::string metadata_version;
  PackageName name;
  Version version;
  std::optional<SpecifierSet> requires_python;
  std::vector<std::string> requires_dist;   ///< requirements (PEP 508), as written
  std::vector<std::string> provides_extra;  ///< as written
  std::vector<std::string> dynamic;         ///< names of fields, in lower case (PEP 643)

  /// Throws `base::ParseError` with the exit code for a failed verification where a field that
  /// must be there is not, is there twice or is malformed, and for a Metadata-Version of a
  /// generation (3 and above) that may mean something else.
  static CoreMetadata parse(std::string_view text);

  /// Of the PKG-INFO of a source distribution: whether every wheel that is built of it will say the
  /// same of its dependencies, so that nothing need be built to know them (PEP 643: since
  /// Metadata-Version 2.2 what may change is listed as `Dynamic`).
  [[nodiscard]] bool is_promise() const;
};

}  // namespace ensure::specs
