#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/scenario.h"

namespace ensure::resolve {

/// A scenario without content: CPython 3.12 on Linux.
[[nodiscard]] tests::Scenario empty_scenario();

/// Adds a version with a wheel that fits everywhere.
tests::ScenarioVersion& add_version(tests::Scenario& scenario, const std::string& project,
                                    const std::string& version,
                                    const std::vector<std::string>& requires_dist);

void require(tests::Scenario& scenario, const std::string& requirement);

/// Few projects with few versions that depend on each other at random; the same for the same seed.
[[nodiscard]] tests::Scenario random_universe(std::uint32_t seed);

/// So many projects, each with 30 versions that need up to six of the next ones, which can be had
/// together without a conflict.
[[nodiscard]] tests::Scenario large_universe(std::uint32_t projects);

/// A development kit of 700 versions, each of which needs its own range of a core that the user
/// binds to old versions, so that all but the last fail.
[[nodiscard]] tests::Scenario backtracking_universe(std::uint32_t versions);

/// Two projects whose newest versions exclude each other, chosen among 60 others.
[[nodiscard]] tests::Scenario threshold_universe();

}  // namespace ensure::resolve
