#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/requirement.h"

namespace ensure::specs {

/// How a project is built: `[build-system]` of its `pyproject.toml` (PEP 518, PEP 517).
struct BuildSystem {
  std::vector<Requirement> requirements;  ///< what has to be there to build (`requires`)
  std::string backend;                    ///< "module:object" (`build-backend`)
  /// Folders of the project in which the backend is, relative to it; empty for none.
  std::vector<std::string> backend_path;

  /// That of a `pyproject.toml`, or without a text that of a project that has none. What is not
  /// said is `setuptools` (PEP 517, "Build environment"). Throws `base::Error` (usage) where the
  /// table is not as it has to be.
  static BuildSystem parse(std::string_view pyproject);
};

}  // namespace ensure::specs
