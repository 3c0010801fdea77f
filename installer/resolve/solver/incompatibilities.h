#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "installer/resolve/problem.h"
#include "installer/resolve/provider.h"
#include "installer/resolve/solver/packages.h"
#include "installer/resolve/solver/range_budget.h"
#include "installer/resolve/solver/term.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::resolve {

using IncompatibilityId = std::uint32_t;

/// One package of an incompatibility, and what of it is meant.
struct PackageTerm {
  PackageId package = 0;
  Term term;
};

/// Where an incompatibility comes from. The first ones are facts, the last is what follows from two
/// incompatibilities.
struct UserRequirement {
  const specs::Requirement* requirement = nullptr;
};
struct UserConstraint {
  const specs::Requirement* requirement = nullptr;
};
/// An installed project that stays has exactly its version.
struct StayingVersion {
  const StayingProject* project = nullptr;
};
struct StayingRequirement {
  const StayingProject* project = nullptr;
  const specs::Requirement* requirement = nullptr;
};
struct DependencyOf {
  PackageId package = 0;  ///< the project, or the extra of it that brings the requirement
  const specs::Requirement* requirement = nullptr;
};
struct NoVersion {};
struct AbsentProject {};
struct UnusableVersion {
  const Unavailable* unavailable = nullptr;
};
struct Derived {
  IncompatibilityId left = 0;
  IncompatibilityId right = 0;
};
using Origins = std::variant<UserRequirement, UserConstraint, StayingVersion, StayingRequirement,
                             DependencyOf, NoVersion, AbsentProject, UnusableVersion, Derived>;

/// An incompatibility in the words of PubGrub: its terms cannot all hold.
struct Incompatibility {
  std::vector<PackageTerm> terms;  ///< by package, each once
  Origins origin;

  [[nodiscard]] const PackageTerm* find(PackageId package) const;
};

/// All incompatibilities, and which of them matter to a package.
class Incompatibilities {
 public:
  /// Adds an incompatibility without watching it. Throws `base::Error` (no solution) if the sets of
  /// versions in all incompatibilities become too large.
  IncompatibilityId add(Incompatibility incompatibility);
  /// From now on the incompatibility counts.
  void watch(IncompatibilityId id);
  /// The incompatibility no longer counts, because another one implies it. `watching` may list it
  /// for a while.
  void unwatch(IncompatibilityId id);
  [[nodiscard]] bool is_watched(IncompatibilityId id) const { return watched_[id] != 0; }

  /// What follows from two incompatibilities, by resolution over a package. It is not watched yet.
  IncompatibilityId derive(IncompatibilityId left, IncompatibilityId right, PackageId pivot);

  [[nodiscard]] const Incompatibility& operator[](IncompatibilityId id) const {
    return incompatibilities_[id];
  }
  [[nodiscard]] std::size_t size() const { return incompatibilities_.size(); }
  /// The incompatibilities with the package, in the order in which they were watched. Some may no
  /// longer count.
  [[nodiscard]] const std::vector<IncompatibilityId>& watching(PackageId package) const;

 private:
  /// The incompatibilities that a package matters to.
  struct Watching {
    std::vector<IncompatibilityId> incompatibilities;
    std::size_t stale = 0;  ///< the number of them that no longer count
  };

  std::vector<Incompatibility> incompatibilities_;
  std::vector<char> watched_;       ///< by incompatibility
  RangeBudget ranges_{8'000'000};   ///< of the sets in all incompatibilities: less than a gigabyte
  std::vector<Watching> watching_;  ///< by package
};

}  // namespace ensure::resolve
