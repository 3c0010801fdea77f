#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// A requirement that brought a project into a resolution.
struct Origin {
  /// Whose dependency it is; nothing for a requirement of the user.
  std::optional<specs::PackageName> parent;
  specs::Requirement requirement;
};

/// A project of a resolution.
struct ResolvedProject {
  specs::PackageName name;
  specs::Version version;
  std::vector<specs::PackageName> extras;          ///< asked for and there, alphabetically
  std::vector<specs::PackageName> missing_extras;  ///< asked for, but it has none such
  bool requested = false;                          ///< named by a requirement of the user
  bool yanked = false;
  /// The user's first, then by the name of the parent.
  std::vector<Origin> origins;
};

/// How much work it was.
struct Effort {
  std::uint64_t decisions = 0;
  std::uint64_t conflicts = 0;
  std::uint64_t metadata_visits = 0;  ///< versions whose metadata was asked for, each once
};

/// What satisfies all requirements.
struct Resolution {
  /// Dependencies before what depends on them, as far as there are no cycles; else alphabetically.
  std::vector<ResolvedProject> projects;
  Effort effort;
};

}  // namespace ensure::resolve
