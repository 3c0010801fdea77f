#include "installer/specs/requirements/extra_set.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "installer/specs/requirements/pairwise.h"

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

ExtraSet ExtraSet::intersection(ExtraSet left, ExtraSet right) {
  if (left.is_complement_ && !right.is_complement_) std::swap(left, right);
  const auto from = std::make_move_iterator(left.listed_.begin());
  const auto from_end = std::make_move_iterator(left.listed_.end());
  const auto& other = right.listed_;
  ExtraSet both({}, left.is_complement_);
  const auto into = std::back_inserter(both.listed_);
  if (left.is_complement_) {
    std::set_union(from, from_end, std::make_move_iterator(right.listed_.begin()),
                   std::make_move_iterator(right.listed_.end()), into);
  } else if (right.is_complement_) {
    std::set_difference(from, from_end, other.begin(), other.end(), into);
  } else {
    std::set_intersection(from, from_end, other.begin(), other.end(), into);
  }
  return both;
}

ExtraSet ExtraSet::intersection(std::vector<ExtraSet> sets) {
  if (sets.empty()) return all();
  return combine_pairwise(std::move(sets), [](ExtraSet left, ExtraSet right) {
    return intersection(std::move(left), std::move(right));
  });
}

}  // namespace ensure::specs
