#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"
#include "venv/root/target_root.h"

namespace ensure::venv {

/// The whole version of a Python whose minor version is known.
struct ReleaseVersion {
  std::uint32_t micro = 0;
  std::string text;  ///< "3.14.0rc1"
};

/// The version in the record of a build (PEP 739, `build-details.json`); none where it is not
/// well-formed or another minor version's.
[[nodiscard]] std::optional<ReleaseVersion> version_in_build_details(std::string_view record,
                                                                     std::uint32_t minor);

/// The version in compiled code: CPython holds "3.11.2" as a string of its own.
[[nodiscard]] std::optional<ReleaseVersion> version_in_binary(std::string_view bytes,
                                                              std::uint32_t minor);

/// The version in `patchlevel.h`: `#define PY_VERSION "3.11.2"`.
[[nodiscard]] std::optional<ReleaseVersion> version_in_header(std::string_view text,
                                                              std::uint32_t minor);

/// The version of Debian's package `python3.11-minimal` in dpkg's list, without Debian's own part.
[[nodiscard]] std::optional<ReleaseVersion> version_in_dpkg_status(std::string_view status,
                                                                   std::uint32_t minor);

/// Looks in all these places, the surest first. `executable` is without links.
[[nodiscard]] std::optional<ReleaseVersion> find_version_in_root(const TargetRoot& root,
                                                                 const base::Path& executable,
                                                                 const base::Path& prefix,
                                                                 const base::Path& standard_library,
                                                                 std::uint32_t minor);

}  // namespace ensure::venv
