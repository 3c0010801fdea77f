#include "installer/base/progress.h"

#include <utility>

namespace ensure::base {

void NoProgress::step_started(std::string_view /*name*/) {}

void NoProgress::step_finished(std::string_view /*name*/, Clock::time_point /*started*/,
                               Clock::time_point /*finished*/) {}

Step::Step(Progress& progress, std::string name)
    : progress_(progress), name_(std::move(name)), started_(Progress::Clock::now()) {
  progress_.step_started(name_);
}

Step::~Step() { progress_.step_finished(name_, started_, Progress::Clock::now()); }

}  // namespace ensure::base
