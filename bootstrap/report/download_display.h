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

/// Prints a line on stderr for each download.
class DownloadLines final : public index::DownloadListener {
 public:
  void started(std::string_view filename, std::optional<std::uint64_t> size) override;
  void received(std::string_view /*filename*/, std::uint64_t /*bytes*/) override {}
  void finished(std::string_view /*filename*/) override {}
};

/// Draws the running downloads at the bottom of the terminal, always in the same place, and erases
/// them at the end. Nothing else may write to the terminal meanwhile.
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

  // A terminal may be stopped (Ctrl-S), which must not block downloads: another thread draws.
  std::mutex terminal_mutex_;
  std::size_t lines_ = 0;  ///< drawn on the terminal
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<RunningDownload> running_;
  bool stops_ = false;
  std::thread thread_;  ///< draws; started by the first download
};

/// A display on a terminal that can move its cursor, else lines, also with `--no-progress` and
/// `--verbose`. Null with `--quiet` and `--json`.
[[nodiscard]] std::unique_ptr<index::DownloadListener> make_download_listener(
    const Request& request);

}  // namespace ensure::bootstrap
