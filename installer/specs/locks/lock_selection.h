#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/specs/locks/lock_file.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/tags/target_python.h"

namespace ensure::specs {

/// The part of a lock file that is to be installed.
struct LockRequest {
  std::vector<std::string> extras;                 ///< in any spelling
  std::optional<std::vector<std::string>> groups;  ///< nullopt: the default groups
  FormatControl formats;                           ///< may replace wheels by source distributions
};

/// A package to install. The pointers are into the lock file.
struct SelectedPackage {
  const LockedPackage* package;
  LockedSource source;
  const LockedFile* file;  ///< a wheel or sdist; null for other sources
};

/// Selects the packages to install ("pylock.toml specification", "Installation"). Throws
/// `base::Error`: exit code 4 if the lock file was not made for this target, if two entries of one
/// project fit or none of its files does, or if a marker cannot be evaluated; exit code 2 for an
/// extra or a group that the lock file does not have.
[[nodiscard]] std::vector<SelectedPackage> select_packages(const LockFile& lock,
                                                           const TargetPython& target,
                                                           const LockRequest& request);

}  // namespace ensure::specs
