#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::specs {

enum class RequirementKind : std::uint8_t {
  kIndex,           ///< a project by its name, from wherever files of it are found
  kFile,            ///< a wheel, an archive or a folder, by URL or path
  kVersionControl,  ///< `git+https://...` and the like
  kEditable,        ///< `-e`: to be linked to, not to be installed
};

/// What someone asks for on a command line or in a line of a requirements file: a requirement (PEP
/// 508), or a bare URL or path, with extras and a marker behind it as pip has them. What it is is
/// told by its text alone; whether there is such a file is for others to see.
struct RequirementArgument {
  RequirementKind kind = RequirementKind::kIndex;
  std::optional<Requirement> requirement;  ///< where it has a name
  std::string location;                    ///< URL or path as written; empty for `kIndex`
  bool is_path = false;                    ///< whether `location` is a path
  std::vector<PackageName> extras;
  std::optional<Marker> marker;

  /// Throws `base::Error` (usage).
  static RequirementArgument parse(std::string_view text);
  /// What stands after `-e`. Throws `base::Error` (usage).
  static RequirementArgument parse_editable(std::string_view text);

  /// As it could be given to pip again.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace ensure::specs
