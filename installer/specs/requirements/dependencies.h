#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"

namespace ensure::specs {

/// The requirements of one distribution that apply in one environment, sorted by extra.
///
/// Hostile metadata may have as many extras as requirements, and testing each requirement with each
/// extra would be quadratic. So every marker is read once, for all extras together.
class Dependencies {
 public:
  using List = std::vector<const Requirement*>;

  /// Keeps pointers to the requirements and to the environment, which must outlive it.
  Dependencies(const std::vector<Requirement>& requirements, const MarkerEnvironment& environment);
  /// No requirements at all, as for `--no-deps`.
  static Dependencies none() { return {}; }

  /// The requirements that apply without any extra.
  [[nodiscard]] const List& of_project() const { return of_project_; }
  /// The requirements that apply only with this extra, in the order of the metadata.
  [[nodiscard]] List of_extra(const PackageName& extra) const;

  /// The requirements by the normal form of each extra that their markers name.
  [[nodiscard]] const std::unordered_map<std::string, List>& by_extra() const { return by_extra_; }
  /// Whether an extra may add requirements.
  [[nodiscard]] bool concern(const PackageName& extra) const {
    return has_open() || by_extra_.contains(extra.normalized());
  }
  /// Whether some requirements apply with extras that their markers do not name: `extra != "x"`.
  [[nodiscard]] bool has_open() const { return !open_.empty(); }
  /// Whether a solver must refuse the distribution, because it would take quadratic time: because
  /// open requirements, each of which is tested with each extra, have many comparisons (those above
  /// the limit are left out here); or because requirements of many extras have many extras
  /// themselves, each combination of which a solver has to follow.
  [[nodiscard]] bool is_excessive() const;

 private:
  /// A requirement that applies with extras that its marker does not name.
  struct Open {
    const Requirement* requirement;
    std::optional<ExtraSet> extras;  ///< nullopt: the marker is evaluated with each extra
  };

  Dependencies() = default;
  void add(const Requirement& requirement, const MarkerEnvironment& environment);
  void add_open(Open open);

  const MarkerEnvironment* environment_ = nullptr;
  List of_project_;
  std::unordered_map<std::string, List> by_extra_;
  std::vector<Open> open_;
  std::size_t open_comparisons_ = 0;
  std::size_t combinations_ = 0;  ///< of an extra that adds a requirement and an extra of that
};

}  // namespace ensure::specs
