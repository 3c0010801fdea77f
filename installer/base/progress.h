#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ensure::base {

/// Hears what the program is doing. Implementations may be called from several threads at a time.
class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Progress() = default;

  /// A step has begun; steps of one thread nest. `name` is a phrase such as "unpack pip".
  virtual void step_started(std::string_view name) = 0;
  virtual void step_finished(std::string_view name, Clock::time_point started,
                             Clock::time_point finished) = 0;
};

/// A listener that ignores everything.
class NoProgress final : public Progress {
 public:
  void step_started(std::string_view name) override;
  void step_finished(std::string_view name, Clock::time_point started,
                     Clock::time_point finished) override;
};

/// Reports one step for as long as it lives.
class Step {
 public:
  Step(Progress& progress, std::string name);
  ~Step();
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

 private:
  Progress& progress_;
  std::string name_;
  Progress::Clock::time_point started_;
};

}  // namespace ensure::base
