#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/specs/locks/lock.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/tags/target_python.h"

namespace ensure::specs {

/// The part of a lock file that is to be installed.
struct LockRequest {
  std::vector<std::string> extras;                 ///< in any spelling
  std::optional<std::vector<std::string>> groups;  ///< nothing for the default groups of the lock
  FormatControl formats;  ///< a project that may have no wheels takes its source distribution
};

enum class LockedSource : std::uint8_t { kWheel, kSdist, kArchive, kDirectory, kCheckout };

/// What is to be installed of one package. The pointers are into the lock.
struct SelectedPackage {
  const LockedPackage* package;
  LockedSource source;
  const LockedFile* file;  ///< wheel, sdist or archive; null for the others
};

/// What a lock file says is to be installed ("pylock.toml specification", "Installation"). Throws
/// `base::Error` where it must not be installed here: exit code 4 where the target is not one that
/// it was made for, where two entries of one project fit or none of its files does, or where a
/// marker cannot be evaluated; exit code 2 for an extra or a group that the lock does not have.
[[nodiscard]] std::vector<SelectedPackage> select_packages(const Lock& lock,
                                                           const TargetPython& target,
                                                           const LockRequest& request);

}  // namespace ensure::specs
