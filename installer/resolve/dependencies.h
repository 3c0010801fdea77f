#pragma once

#include <vector>

#include "installer/resolve/packages.h"
#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirement.h"

namespace ensure::resolve {

/// The requirements of a version that its metadata holds in the problem's environment without any
/// extra.
[[nodiscard]] std::vector<const specs::Requirement*> dependencies_of(const Metadata& metadata,
                                                                     const Problem& problem);

/// Those that an extra adds to them.
[[nodiscard]] std::vector<const specs::Requirement*> dependencies_of_extra(
    const Metadata& metadata, const specs::PackageName& extra, const Problem& problem);

/// Whether a version has an extra.
[[nodiscard]] bool provides(const Metadata& metadata, const specs::PackageName& extra);

}  // namespace ensure::resolve
