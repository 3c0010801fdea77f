#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ensure::specs {

/// Combines all values, of which there must be at least one, to a single one. It combines them in
/// pairs: one after the other would copy the first value as often as there are values.
template <class Value, class Combine>
Value combine_pairwise(std::vector<Value> values, const Combine& combine) {
  while (values.size() > 1) {
    const std::size_t half = values.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      values[i] = combine(std::move(values[i]), std::move(values[values.size() - 1 - i]));
    }
    values.erase(values.end() - static_cast<std::ptrdiff_t>(half), values.end());
  }
  return std::move(values.front());
}

}  // namespace ensure::specs
