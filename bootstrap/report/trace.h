#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"

namespace ensure::bootstrap {

/// Hears steps and writes them as Chrome trace events (`--trace`), which chrome://tracing,
/// Perfetto and speedscope show.
class Trace final : public base::Progress {
 public:
  /// Creates or empties `file`, so that a path that cannot be written is known before any work.
  /// Throws `FileError`.
  explicit Trace(const base::Path& file);

  void step_started(std::string_view name) override;
  void step_finished(std::string_view name, Clock::time_point started,
                     Clock::time_point finished) override;

  /// Writes the events. Throws `FileError`.
  void write() const;

 private:
  struct Event {
    std::string name;
    Clock::time_point started;
    Clock::time_point finished;
    std::uint64_t thread;
  };

  base::Path path_;
  base::Descriptor file_;
  Clock::time_point begin_;
  std::mutex mutex_;
  std::vector<Event> events_;
};

/// Hears steps and says each on stderr (`--verbose`).
class SpokenSteps final : public base::Progress {
 public:
  void step_started(std::string_view name) override;
  void step_finished(std::string_view name, Clock::time_point started,
                     Clock::time_point finished) override;
};

/// Passes everything on to several listeners.
class Listeners final : public base::Progress {
 public:
  void add(base::Progress& listener) { listeners_.push_back(&listener); }

  void step_started(std::string_view name) override;
  void step_finished(std::string_view name, Clock::time_point started,
                     Clock::time_point finished) override;

 private:
  std::vector<base::Progress*> listeners_;
};

}  // namespace ensure::bootstrap
