#include "bootstrap/report/download_display.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "bootstrap/report/terminal.h"

namespace ensure::bootstrap {

namespace {

using Clock = std::chrono::steady_clock;

/// The time between two drawings. Downloads that take less time are not shown.
constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kMostLines = 8;

/// "numpy-2.0.1" of "numpy-2.0.1-cp312-cp312-manylinux_2_17_x86_64.whl".
std::string short_name(const std::string& filename) {
  const bool is_wheel = filename.ends_with(".whl");
  const std::size_t dash = filename.find('-');
  const std::size_t end = dash == std::string::npos ? dash : filename.find('-', dash + 1);
  return visible_in_short(is_wheel ? filename.substr(0, end) : filename);
}

/// In exactly `width` columns. File names of distributions are ASCII; other bytes are cut anywhere.
std::string in_columns(const std::string& text, std::size_t width) {
  constexpr std::string_view kCut = "...";
  if (text.size() <= width) return text + std::string(width - text.size(), ' ');
  if (width <= kCut.size()) return text.substr(0, width);
  return text.substr(0, width - kCut.size()).append(kCut);
}

std::string to_the_right(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

std::string rate_text(std::uint64_t bytes, Clock::duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds <= 0) return "";
  return byte_text(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)) + "/s";
}

}  // namespace

std::string byte_text(std::uint64_t bytes) {
  constexpr std::array kUnits{"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  double amount = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (amount >= 999.95 && unit + 1 < kUnits.size()) {
    amount /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", amount, kUnits.at(unit));
  return text.data();
}

std::string download_line(const RunningDownload& download, Clock::time_point now,
                          std::size_t width) {
  constexpr std::size_t kAmount = 22;
  constexpr std::size_t kRate = 13;
  constexpr std::size_t kShortestName = 12;
  constexpr std::size_t kLongestName = 40;
  std::string amount = byte_text(download.received);
  if (download.size) amount += " of " + byte_text(*download.size);
  std::string right;
  if (width > kShortestName + kAmount) right += to_the_right(amount, kAmount);
  if (width > kShortestName + kAmount + kRate) {
    right += to_the_right(rate_text(download.received, now - download.started), kRate);
  }
  const std::size_t left = width > right.size() ? width - 1 - right.size() : 0;
  return in_columns(short_name(download.filename), std::min(left, kLongestName)) + right;
}

void DownloadLines::started(std::string_view filename, std::optional<std::uint64_t> size) {
  std::string line = "downloading " + visible_in_short(filename);
  if (size) line += " (" + byte_text(*size) + ")";
  print_message(line + "\n");
}

DownloadDisplay::~DownloadDisplay() {
  {
    const std::scoped_lock lock(mutex_);
    stops_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  clear();
}

void DownloadDisplay::started(std::string_view filename, std::optional<std::uint64_t> size) {
  const std::scoped_lock lock(mutex_);
  running_.push_back(
      {.filename = std::string(filename), .size = size, .received = 0, .started = Clock::now()});
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  changed_.notify_one();
}

void DownloadDisplay::received(std::string_view filename, std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find(running_, filename, &RunningDownload::filename);
  if (found != running_.end()) found->received += bytes;
}

void DownloadDisplay::finished(std::string_view filename) {
  bool is_last = false;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(running_, filename, &RunningDownload::filename);
    if (found != running_.end()) running_.erase(found);
    is_last = running_.empty();
  }
  if (is_last) clear();
}

void DownloadDisplay::run() {
  std::unique_lock lock(mutex_);
  while (!stops_) {
    if (running_.empty()) {
      changed_.wait(lock, [this] { return stops_ || !running_.empty(); });
    } else {
      changed_.wait_for(lock, kInterval, [this] { return stops_; });
      if (stops_) return;
      lock.unlock();
      draw();
      lock.lock();
    }
  }
}

std::vector<RunningDownload> DownloadDisplay::running() {
  const std::scoped_lock lock(mutex_);
  return running_;
}

void DownloadDisplay::draw() {
  const std::scoped_lock lock(terminal_mutex_);
  const std::vector<RunningDownload> running = this->running();
  if (running.empty()) return;
  const Clock::time_point now = Clock::now();
  const TerminalSize size = terminal_size();
  const std::size_t room = std::clamp<std::size_t>(size.rows, 3, kMostLines + 2) - 2;
  const std::size_t shown = std::min(running.size(), room);
  std::string text = cursor_to_begin();
  for (std::size_t i = 0; i < shown; ++i) {
    text += download_line(running[i], now, size.columns) + "\n";
  }
  lines_ = shown;
  if (running.size() > shown) {
    const std::string more = "and " + std::to_string(running.size() - shown) + " more";
    text += more.substr(0, size.columns - 1) + "\n";
    ++lines_;
  }
  print_message(text);
}

void DownloadDisplay::clear() {
  const std::scoped_lock lock(terminal_mutex_);
  if (lines_ > 0) print_message(cursor_to_begin());
  lines_ = 0;
}

/// The escape sequence that erases the drawn lines.
std::string DownloadDisplay::cursor_to_begin() const {
  return lines_ == 0 ? "" : "\033[" + std::to_string(lines_) + "A\r\033[J";
}

std::unique_ptr<index::DownloadListener> make_download_listener(const Request& request) {
  if (request.quiet || request.json) return nullptr;
  if (request.progress && !request.verbose && can_redraw()) {
    return std::make_unique<DownloadDisplay>();
  }
  return std::make_unique<DownloadLines>();
}

}  // namespace ensure::bootstrap
