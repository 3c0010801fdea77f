#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bootstrap/request.h"
#include "installer/index/downloads/downloader.h"

namespace ensure::bootstrap {

/// A download that is under way.
struct RunningDownload {
  std::string filename;
  std::optional<std::uint64_t> size;  ///< in bytes, where the index tells it
  std::uint64_t received = 0;         ///< bytes so far
  std::chrono::steady_clock::time_point started;
};

/// "16.1 MB"; powers of ten.
[[nodiscard]] std::string byte_text(std::uint64_t bytes);

/// One line of less than `width` columns: the name and version of the file, bytes and rate. What
/// has no room is left out, the rate first.
[[nodiscard]] std::string download_line(const RunningDownload& download,
                                        std::chrono::steady_clock::time_point now,
                                        std::size_t width);

/// Says what is downloaded on stderr, a line each.
class DownloadLines final : public index::DownloadListener {
 public:
  void started(std::string_view filename, std::optional<std::uint64_t> size) override;
  void received(std::string_view filename, std::uint64_t bytes) override;
  void finished(std::string_view filename) override;
};

/// Draws what is being downloaded at the bottom of the terminal, again and again in the same place,
/// and takes it away where nothing is under way. Nothing else may be written to it meanwhile.
class DownloadDisplay final : public index::DownloadListener {
 public:
  DownloadDisplay() = default;
  ~DownloadDisplay() override;
  DownloadDisplay(const DownloadDisplay&) = delete;
  DownloadDisplay& operator=(const DownloadDisplay&) = delete;

  void started(std::string_view filename, std::optional<std::uint64_t> size) override;
  void received(std::string_view filename, std::uint64_t bytes) override;
  void finished(std::string_view filename) override;

 private:
  void run();
  [[nodiscard]] std::vector<RunningDownload> running();
  void draw();
  void clear();
  [[nodiscard]] std::string cursor_to_begin() const;

  // A terminal may be stopped (Ctrl-S): whoever writes to it must not keep downloads waiting.
  std::mutex terminal_mutex_;
  std::size_t lines_ = 0;  ///< that are on the terminal now
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RunningDownload> running_;
  bool stops_ = false;
  std::thread thread_;  ///< draws; there is none before the first download
};

/// The one that fits: a display on a terminal that can move its cursor, else lines; none with
/// `--quiet` and `--json`. With `--no-progress`, and where every step is said (`--verbose`), lines.
[[nodiscard]] std::unique_ptr<index::DownloadListener> make_download_listener(
    const Request& request);

}  // namespace ensure::bootstrap
