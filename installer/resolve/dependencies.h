#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/specs/extra_set.h"
#include "installer/specs/marker_environment.h"
#include "installer/specs/package_name.h"
#include "installer/specs/requirement.h"

namespace ensure::resolve {

/// What a version depends on in one environment, by itself and with each of its extras.
///
/// The requirements are sorted once, in a time that grows with the metadata alone: metadata of
/// strangers may have as many extras as requirements. It refers to the metadata.
class Dependencies {
 public:
  using List = std::vector<const specs::Requirement*>;

  Dependencies(const Metadata& metadata, const specs::MarkerEnvironment& environment);
  /// Those of a version that is taken without what it depends on.
  static Dependencies none() { return {}; }

  /// Those that hold without any extra.
  [[nodiscard]] const List& of_project() const { return of_project_; }
  /// Those that an extra adds to them.
  [[nodiscard]] List of_extra(const specs::PackageName& extra) const;

  /// The extras, by their normal forms, that some requirement names.
  [[nodiscard]] const std::unordered_map<std::string, List>& by_extra() const { return by_extra_; }
  /// Whether an extra may add requirements.
  [[nodiscard]] bool concern(const specs::PackageName& extra) const {
    return has_open() || by_extra_.contains(extra.normalized());
  }
  /// Whether requirements hold for extras that they do not name: `extra != "x"`.
  [[nodiscard]] bool has_open() const { return !open_.empty(); }
  /// Whether there are so many of those that they are not looked at: each has to be tried for each
  /// extra.
  [[nodiscard]] bool has_too_many_open() const { return has_too_many_open_; }

 private:
  /// A requirement that holds for extras that it does not name.
  struct Open {
    const specs::Requirement* requirement;
    std::optional<specs::ExtraSet> extras;  ///< nothing where each has to be tried
  };

  Dependencies() = default;
  void add(const specs::Requirement& requirement, const specs::MarkerEnvironment& environment);
  void add_open(Open open);

  const specs::MarkerEnvironment* environment_ = nullptr;
  List of_project_;
  std::unordered_map<std::string, List> by_extra_;
  std::vector<Open> open_;
  std::size_t open_comparisons_ = 0;
  bool has_too_many_open_ = false;
};

/// The extras that a version says it provides, by their normal forms.
[[nodiscard]] std::unordered_set<std::string> provided_extras(const Metadata& metadata);

}  // namespace ensure::resolve
