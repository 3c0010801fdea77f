#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::specs {
namespace {

/// The extras for which the comparison holds; nullopt for `in` and `not in`.
std::optional<ExtraSet> extras_of(const MarkerComparison& comparison,
                                  const MarkerEnvironment& environment) {
  if (!comparison.compares_extra()) {
    const bool holds = comparison.holds(environment, {}, {}).value_or(false);
    return holds ? ExtraSet::all() : ExtraSet::none();
  }
  const std::string& op = comparison.op;
  if (op == "in" || op == "not in") return std::nullopt;
  // Names have no order: `<=` and `>=` are `==`, and `<` and `>` never hold.
  if (op == "<" || op == ">") return ExtraSet::none();
  ExtraSet named = ExtraSet::only(
      normalize_name(comparison.left.is_variable ? comparison.right.text : comparison.left.text));
  return op == "!=" ? std::move(named).complement() : std::move(named);
}

}  // namespace

std::size_t Marker::comparison_count() const {
  if (kind_ == Kind::kComparison) return 1;
  std::size_t count = 0;
  for (const Marker& part : parts_) count += part.comparison_count();
  return count;
}

bool Marker::has_meaning(const MarkerEnvironment& environment) const {
  if (kind_ == Kind::kComparison) return comparison_.holds(environment, {}, {}).has_value();
  return std::all_of(parts_.begin(), parts_.end(),
                     [&environment](const Marker& part) { return part.has_meaning(environment); });
}

std::optional<ExtraSet> Marker::extras(const MarkerEnvironment& environment) const {
  if (!has_meaning(environment)) return ExtraSet::none();
  return extras_that_hold(environment);
}

std::optional<ExtraSet> Marker::extras_that_hold(const MarkerEnvironment& environment) const {
  if (kind_ == Kind::kComparison) return extras_of(comparison_, environment);
  const bool all = kind_ == Kind::kAll;
  std::vector<ExtraSet> sets;
  sets.reserve(parts_.size());
  for (const Marker& part : parts_) {
    std::optional<ExtraSet> set = part.extras_that_hold(environment);
    if (!set) return std::nullopt;
    // `a or b` is `not (not a and not b)`.
    sets.push_back(all ? *std::move(set) : (*std::move(set)).complement());
  }
  ExtraSet both = ExtraSet::intersection(std::move(sets));
  return all ? std::move(both) : std::move(both).complement();
}

}  // namespace ensure::specs
