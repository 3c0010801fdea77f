#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>

namespace ensure::tests {

/// The processor time of a call in clock ticks: the shortest of three, as others disturb it.
template <class Work>
double processor_time(const Work& work) {
  double shortest = 0;
  for (int i = 0; i < 3; ++i) {
    const std::clock_t start = std::clock();
    work();
    const auto taken = static_cast<double>(std::clock() - start);
    shortest = i == 0 ? taken : std::min(shortest, taken);
  }
  return std::max(shortest, 1.0);
}

/// Above the growth of linear work, with room for caches and allocators, and below that of
/// quadratic work.
constexpr double kMostGrowth = 10;

/// How the work grows from an input of size n to one of size 4n: 4 times where it is linear, 16
/// times where it is quadratic. `prepare` takes a size, and returns a function that does the work.
template <class Prepare>
double growth(std::size_t n, const Prepare& prepare) {
  const double small = processor_time(prepare(n));
  return processor_time(prepare(4 * n)) / small;
}

}  // namespace ensure::tests
