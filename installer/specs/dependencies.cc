#include "installer/specs/dependencies.h"

#include <algorithm>
#include <utility>

namespace ensure::specs {
namespace {

/// Hardly any project has even one.
constexpr std::size_t kMostOpenComparisons = 16;

}  // namespace

Dependencies::Dependencies(const std::vector<Requirement>& requirements,
                           const MarkerEnvironment& environment)
    : environment_(&environment) {
  for (const Requirement& requirement : requirements) {
    if (requirement.marker && requirement.marker->has_variable("extra")) {
      add(requirement, environment);
    } else if (!requirement.marker || requirement.marker->evaluate(environment)) {
      of_project_.push_back(&requirement);
    }
  }
}

void Dependencies::add(const Requirement& requirement, const MarkerEnvironment& environment) {
  std::optional<ExtraSet> extras = requirement.marker->extras(environment);
  const bool holds_without =
      extras ? extras->contains({}) : requirement.marker->evaluate(environment);
  if (holds_without) {
    of_project_.push_back(&requirement);
  } else if (!extras || extras->is_complement()) {
    add_open({&requirement, std::move(extras)});
  } else {
    for (const std::string& extra : extras->listed()) by_extra_[extra].push_back(&requirement);
  }
}

void Dependencies::add_open(Open open) {
  open_comparisons_ += open.requirement->marker->comparison_count();
  has_too_many_open_ |= open_comparisons_ > kMostOpenComparisons;
  if (!has_too_many_open_) open_.push_back(std::move(open));
}

Dependencies::List Dependencies::of_extra(const PackageName& extra) const {
  const auto named = by_extra_.find(extra.normalized());
  List found = named == by_extra_.end() ? List() : named->second;
  const std::size_t count = found.size();
  for (const Open& open : open_) {
    const bool holds =
        open.extras ? open.extras->contains(extra.normalized())
                    : open.requirement->marker->evaluate(
                          *environment_, {.extras = {extra.normalized()}, .dependency_groups = {}});
    if (holds) found.push_back(open.requirement);
  }
  // The requirements lie in one vector, so the order of their addresses is the metadata's order.
  std::inplace_merge(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count),
                     found.end());
  return found;
}

}  // namespace ensure::specs
