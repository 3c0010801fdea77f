#pragma once

#include <utility>

#include "installer/specs/requirements/marker_environment.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// The Python that packages are chosen for.
struct TargetPython {
  /// Throws `ParseError` if the full version of `environment` is not a version.
  TargetPython(MarkerEnvironment markers, TagSet usable_tags)
      : environment(std::move(markers)),
        tags(std::move(usable_tags)),
        version(Version::parse(environment.full_version())) {}

  MarkerEnvironment environment;
  TagSet tags;
  Version version;  ///< the full one, such as 3.12.1
};

}  // namespace ensure::specs
