#include "installer/base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include "tests/support/catch.h"

namespace {

using namespace ensure::base;

TEST_CASE("every job runs exactly once", "[base][parallel]") {
  std::vector<std::atomic<int>> runs(1000);
  run_parallel(runs.size(), 4, [&](std::size_t i) { ++runs[i]; });
  int wrong = 0;
  for (const std::atomic<int>& count : runs) wrong += count == 1 ? 0 : 1;
  CHECK(wrong == 0);
}

TEST_CASE("the first exception comes back and stops the rest", "[base][parallel]") {
  std::atomic<int> started{0};
  const auto job = [&](std::size_t i) {
    ++started;
    if (i == 3) throw std::runtime_error("job 3");
  };
  CHECK_THROWS_AS(run_parallel(1000000, 2, job), std::runtime_error);
  CHECK(started < 1000000);
}

TEST_CASE("no jobs are no work", "[base][parallel]") {
  run_parallel(0, 4, [](std::size_t) { FAIL("there is no job"); });
  CHECK(useful_threads(4) >= 1);
}

}  // namespace
