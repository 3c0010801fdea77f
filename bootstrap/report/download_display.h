#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

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

/// On a terminal that can move its cursor, draws the running downloads at the bottom, always in the
/// same place, and erases them at the end; nothing else may write to the terminal meanwhile.
/// Otherwise, and with `--no-progress` and `--verbose`, prints a line on stderr for each download.
/// Null with `--quiet` and `--json`.
[[nodiscard]] std::unique_ptr<index::DownloadListener> make_download_listener(
    const Request& request);

}  // namespace ensure::bootstrap
