#include "bootstrap/report/trace.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "bootstrap/report/terminal.h"
#include "installer/base/process.h"

namespace ensure::bootstrap {

namespace {

std::int64_t microseconds(base::Progress::Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

StepListener::StepListener(bool prints, const std::optional<base::Path>& trace)
    : prints_(prints), begin_(Clock::now()) {
  if (trace) file_ = base::File::open_for_output(*trace);
}

void StepListener::step_started(std::string_view /*name*/) {}

void StepListener::step_finished(std::string_view name, Clock::time_point started,
                                 Clock::time_point finished) {
  if (prints_) {
    const std::int64_t taken = microseconds(finished - started);
    std::string micro = std::to_string(taken % 1000);
    micro.insert(0, 3 - micro.size(), '0');
    print_message(visible(name) + " (" + std::to_string(taken / 1000) + "." + micro + " ms)\n");
  }
  if (!file_) return;
  const std::lock_guard lock(mutex_);
  events_.push_back({std::string(name), started, finished, base::thread_id()});
}

void StepListener::write_trace() const {
  if (!file_) return;
  nlohmann::json events = nlohmann::json::array();
  for (const Event& event : events_) {
    events.push_back({{"name", event.name},
                      {"ph", "X"},
                      {"ts", microseconds(event.started - begin_)},
                      {"dur", microseconds(event.finished - event.started)},
                      {"pid", base::process_id()},
                      {"tid", event.thread}});
  }
  const nlohmann::json trace = {{"traceEvents", events}, {"displayTimeUnit", "ms"}};
  file_.write(trace.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace ensure::bootstrap
