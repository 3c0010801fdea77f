#include "bootstrap/report/progress.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "bootstrap/report/terminal.h"
#include "installer/base/process.h"

namespace ensure::bootstrap {

namespace {

using Clock = std::chrono::steady_clock;

std::int64_t microseconds(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

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

StepListener::StepListener(bool prints, const std::optional<base::Path>& trace)
    : prints_(prints), begin_(Clock::now()) {
  if (trace) file_ = base::File::open_for_output(*trace);
}

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

namespace {

class DownloadLines final : public index::DownloadListener {
 public:
  void started(std::string_view filename, std::optional<std::uint64_t> size) override {
    std::string line = "downloading " + visible_in_short(filename);
    if (size) line += " (" + byte_text(*size) + ")";
    print_message(line + "\n");
  }
  void received(std::string_view /*filename*/, std::uint64_t /*bytes*/) override {}
  void finished(std::string_view /*filename*/) override {}
};

class DownloadDisplay final : public index::DownloadListener {
 public:
  DownloadDisplay() = default;
  ~DownloadDisplay() override {
    thread_ = {};
    clear();
  }
  DownloadDisplay(const DownloadDisplay&) = delete;
  DownloadDisplay& operator=(const DownloadDisplay&) = delete;

  void started(std::string_view filename, std::optional<std::uint64_t> size) override {
    const std::scoped_lock lock(mutex_);
    running_.push_back(
        {.filename = std::string(filename), .size = size, .received = 0, .started = Clock::now()});
    if (!thread_.joinable()) {
      thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    changed_.notify_one();
  }

  void received(std::string_view filename, std::uint64_t bytes) override {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(running_, filename, &RunningDownload::filename);
    if (found != running_.end()) found->received += bytes;
  }

  void finished(std::string_view filename) override {
    std::unique_lock lock(mutex_);
    const auto found = std::ranges::find(running_, filename, &RunningDownload::filename);
    if (found != running_.end()) running_.erase(found);
    if (!running_.empty()) return;
    lock.unlock();
    clear();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !running_.empty(); })) {
      changed_.wait_for(lock, stop, kInterval, [] { return false; });
      if (stop.stop_requested()) return;
      lock.unlock();
      draw();
      lock.lock();
    }
  }

  void draw() {
    const std::scoped_lock lock(terminal_mutex_);
    const std::vector<RunningDownload> running = [this] {
      const std::scoped_lock list_lock(mutex_);
      return running_;
    }();
    if (running.empty()) return;
    const Clock::time_point now = Clock::now();
    const base::WindowSize size =
        base::window_size(base::OutputStream::kError).value_or(base::WindowSize{80, 24});
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

  void clear() {
    const std::scoped_lock lock(terminal_mutex_);
    if (lines_ > 0) print_message(cursor_to_begin());
    lines_ = 0;
  }

  /// The escape sequence that erases the drawn lines.
  [[nodiscard]] std::string cursor_to_begin() const {
    return lines_ == 0 ? "" : "\033[" + std::to_string(lines_) + "A\r\033[J";
  }

  // A terminal may be stopped (Ctrl-S), which must not block downloads: another thread draws.
  std::mutex terminal_mutex_;
  std::size_t lines_ = 0;  ///< drawn on the terminal
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<RunningDownload> running_;
  std::jthread thread_;  ///< draws; started by the first download
};

}  // namespace

std::unique_ptr<index::DownloadListener> make_download_listener(const Request& request) {
  if (request.quiet || request.json) return nullptr;
  if (request.progress && !request.verbose && can_redraw()) {
    return std::make_unique<DownloadDisplay>();
  }
  return std::make_unique<DownloadLines>();
}

}  // namespace ensure::bootstrap
