#pragma once

#include <optional>
#include <string_view>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The name of a source distribution: `name-version.tar.gz` (PEP 625), or `.zip` as older ones
/// have.
struct SdistFilename {
  PackageName name;
  Version version;

  /// What follows the last dash is the version: names with dashes were in use before PEP 625.
  static std::optional<SdistFilename> try_parse(std::string_view filename);
};

}  // namespace ensure::specs
