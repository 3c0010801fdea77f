#include "installer/resolve/dependencies.h"

#include <algorithm>
#include <utility>

namespace ensure::resolve {
namespace {

/// Hardly any project has one.
constexpr std::size_t kMostOpenComparisons = 16;

}  // namespace

Dependencies::Dependencies(const Metadata& metadata, const specs::MarkerEnvironment& environment)
    : environment_(&environment) {
  for (const specs::Requirement& requirement : metadata.requires_dist) {
    if (requirement.marker && requirement.marker->has_variable("extra")) {
      add(requirement, environment);
    } else if (!requirement.marker || requirement.marker->evaluate(environment)) {
      of_project_.push_back(&requirement);
    }
  }
}

void Dependencies::add(const specs::Requirement& requirement,
                       const specs::MarkerEnvironment& environment) {
  std::optional<specs::ExtraSet> extras = requirement.marker->extras(environment);
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

Dependencies::List Dependencies::of_extra(const specs::PackageName& extra) const {
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
  // As they stand in the metadata, whose requirements lie one after the other.
  std::inplace_merge(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count),
                     found.end());
  return found;
}

std::unordered_set<std::string> provided_extras(const Metadata& metadata) {
  std::unordered_set<std::string> names;
  for (const specs::PackageName& extra : metadata.provides_extra) names.insert(extra.normalized());
  return names;
}

}  // namespace ensure::resolve
