#pragma once

#include <optional>
#include <string>

#include "bootstrap/packages/package_request.h"
#include "installer/index/downloads/wheel_cache.h"
#include "installer/install/transaction/file_sharing.h"

namespace ensure::bootstrap {

/// What the cache has to prepare for a mode.
[[nodiscard]] index::LinkKind link_kind(install::LinkMode mode);

/// The warning where files were copied although the user has named another mode; none where that
/// could be done, or nobody has named one.
[[nodiscard]] std::optional<std::string> copies_warning(const PackageRequest& request,
                                                        const install::FileSharing& sharing);

}  // namespace ensure::bootstrap
