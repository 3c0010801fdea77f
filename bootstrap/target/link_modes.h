#pragma once

#include <optional>
#include <string>

#include "bootstrap/packages/package_request.h"
#include "installer/install/wheel/file_sharing.h"

namespace ensure::bootstrap {

/// The warning where files were copied although the user has named another mode; none where that
/// could be done, or nobody has named one.
[[nodiscard]] std::optional<std::string> copies_warning(const PackageRequest& request,
                                                        const install::FileSharing& sharing);

}  // namespace ensure::bootstrap
