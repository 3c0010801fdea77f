#pragma once

#include <string>
#include <string_view>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::wheel {

/// The name of the one .dist-info folder that a wheel has to have. Throws `Error`
/// (`kVerification`) where there is none or several, or where a .data folder is not of the same
/// project and version, or holds something that no install scheme has a place for.
[[nodiscard]] std::string find_dist_info(const ZipDirectory& directory);

/// Whether the folder's name, "NAME-VERSION.dist-info", means this project and version, however
/// they are spelled.
[[nodiscard]] bool dist_info_is_of(std::string_view dist_info, const specs::PackageName& name,
                                   const specs::Version& version);

}  // namespace ensure::wheel
