#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Prints the steps of a run on stderr (`--verbose`), and records them as Chrome trace events
/// (`--trace`), which chrome://tracing, Perfetto and speedscope show.
class StepListener final : public base::Progress {
 public:
  /// Creates or empties the file `trace`, so that a path that cannot be written is known before any
  /// work. Throws `FileError`.
  StepListener(bool prints, const std::optional<base::Path>& trace);

  void step_started(std::string_view name) override;
  void step_finished(std::string_view name, Clock::time_point started,
                     Clock::time_point finished) override;

  /// Writes the recorded events to the trace, if there is one. Throws `FileError`.
  void write_trace() const;

 private:
  struct Event {
    std::string name;
    Clock::time_point started;
    Clock::time_point finished;
    std::uint64_t thread;
  };

  bool prints_;
  base::File file_;  ///< no file without `--trace`
  Clock::time_point begin_;
  std::mutex mutex_;
  std::vector<Event> events_;
};

}  // namespace ensure::bootstrap
