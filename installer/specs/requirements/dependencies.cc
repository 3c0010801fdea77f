#include "installer/specs/requirements/dependencies.h"

#include <algorithm>
#include <utility>

namespace ensure::specs {
namespace {

/// Few projects have even one.
constexpr std::size_t kMostOpenComparisons = 16;
/// Projects with a hundred extras have a few hundred combinations.
constexpr std::size_t kMostCombinations = 20'000;
/// The assumed number of extras that an open requirement belongs to.
constexpr std::size_t kExtrasOfOpen = 1'000;

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
    combinations_ += extras->listed().size() * requirement.extras.size();
    for (const std::string& extra : extras->listed()) by_extra_[extra].push_back(&requirement);
  }
}

void Dependencies::add_open(Open open) {
  open_comparisons_ += open.requirement->marker->comparison_count();
  combinations_ += kExtrasOfOpen * open.requirement->extras.size();
  if (open_comparisons_ <= kMostOpenComparisons) open_.push_back(std::move(open));
}

bool Dependencies::is_excessive() const {
  return open_comparisons_ > kMostOpenComparisons || combinations_ > kMostCombinations;
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
