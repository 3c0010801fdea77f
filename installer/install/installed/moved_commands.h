#pragma once

#include <string>
#include <vector>

#include "installer/install/installed/distribution.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/layout.h"

namespace ensure::install {

/// An environment that was moved or copied, so that its commands start a Python elsewhere.
struct Move {
  base::Path environment;                 ///< where it is now
  base::Path from;                        ///< where it was made
  base::Path to;                          ///< the path that its texts name from now on
  specs::Layout layout;                   ///< of the environment in its new place
  std::vector<std::string> interpreters;  ///< their names in `bin`
};

/// Stages the commands of `distributions` that start the Python of the old place, with the path of
/// the new one, and their RECORDs. `staged` takes the environment's paths below "/". Leaves alone
/// commands that no RECORD lists, that a user has changed, or that start another Python.
void stage_moved_commands(const std::vector<Distribution>& distributions, const Move& move,
                          const WheelDestination& staged);

}  // namespace ensure::install
