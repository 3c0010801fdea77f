#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace ensure::base {

/// Hears what the program is doing. Implementations may be called from several threads at a time.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Progress() = default;

  /// Steps of one thread nest. `name` is a phrase such as "unpack pip".
  virtual void step_finished(std::string_view name, Clock::time_point started,
                             Clock::time_point finished) = 0;
};

/// Reports one step for as long as it lives.
class Step {
 public:
  Step(Progress& progress, std::string name)
      : progress_(progress), name_(std::move(name)), started_(Progress::Clock::now()) {}
  ~Step() { progress_.step_finished(name_, started_, Progress::Clock::now()); }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Progress& progress_;
  std::string name_;
  Progress::Clock::time_point started_;
};

}  // namespace ensure::base
