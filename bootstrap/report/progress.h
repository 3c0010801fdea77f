#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/index/downloads/downloader.h"

namespace ensure::bootstrap {

/// Prints the steps of a run on stderr (`--verbose`), and records them as Chrome trace events
/// (`--trace`), which chrome://tracing, Perfetto and speedscope show.
class StepListener final : public base::Progress {
 public:
  /// Creates or empties the file `trace`, so that a path that cannot be written is known before any
  /// work. Throws `FileError`.
  StepListener(bool prints, const std::optional<base::Path>& trace);

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

/// A running download.
struct RunningDownload {
  std::string filename;
  std::optional<std::uint64_t> size;  ///< in bytes, if the index has it
  std::uint64_t received = 0;         ///< bytes so far
  std::chrono::steady_clock::time_point started;
};

/// "16.1 MB"; powers of ten.
[[nodiscard]] std::string byte_text(std::uint64_t bytes);

/// One line of less than `width` columns: the name and version of the file, bytes and rate. In a
/// narrow terminal first the rate is left out, then the bytes.
[[nodiscard]] std::string download_line(const RunningDownload& download,
                                        std::chrono::steady_clock::time_point now,
                                        std::size_t width);

/// On a terminal that can move its cursor, draws the running downloads at the bottom, always in the
/// same place, and erases them at the end; nothing else may write to the terminal meanwhile.
/// Otherwise, and with `--no-progress` and `--verbose`, prints a line on stderr for each download.
/// Null with `--quiet` and `--json`.
[[nodiscard]] std::unique_ptr<index::DownloadListener> make_download_listener(
    const Request& request);

}  // namespace ensure::bootstrap
