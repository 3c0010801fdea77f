#include "installer/specs/requirements/extra_set.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>

namespace ensure::specs {

bool ExtraSet::contains(std::string_view name) const {
  return std::binary_search(listed_.begin(), listed_.end(), name) != is_complement_;
}

bool ExtraSet::contains_any(const std::set<std::string>& names) const {
  const auto is_named = [&names](const std::string& name) { return names.contains(name); };
  if (!is_complement_) return std::ranges::any_of(listed_, is_named);
  return static_cast<std::size_t>(std::ranges::count_if(listed_, is_named)) < names.size();
}

ExtraSet ExtraSet::complement() && { return {std::move(listed_), !is_complement_}; }

ExtraSet ExtraSet::intersection(std::vector<ExtraSet> sets) {
  std::optional<std::vector<std::string>> included;
  std::vector<std::string> excluded;
  for (ExtraSet& set : sets) {
    if (set.is_complement_) {
      std::ranges::move(set.listed_, std::back_inserter(excluded));
    } else if (!included) {
      included = std::move(set.listed_);
    } else {
      // Each result is at most as large as the last set, so all steps together are linear.
      std::vector<std::string> both;
      std::ranges::set_intersection(*included, set.listed_, std::back_inserter(both));
      included = std::move(both);
    }
  }
  std::ranges::sort(excluded);
  excluded.erase(std::unique(excluded.begin(), excluded.end()), excluded.end());
  if (!included) return {std::move(excluded), true};
  ExtraSet rest;
  std::ranges::set_difference(*included, excluded, std::back_inserter(rest.listed_));
  return rest;
}

}  // namespace ensure::specs
