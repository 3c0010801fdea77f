#include "installer/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <utility>

#include "installer/base/file.h"

namespace ensure::base {

std::size_t useful_threads(std::size_t limit) {
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::min(processors, limit);
}

std::size_t useful_writers() {
  constexpr std::size_t kMostWriters = 4;
  // A writer needs a few directories and a file; the rest of the program needs some files as well.
  constexpr std::size_t kFilesOfWriter = 5;
  constexpr std::size_t kOtherFiles = 12;
  const std::size_t files = std::max(most_open_files(), kOtherFiles) - kOtherFiles;
  return std::max<std::size_t>(1, useful_threads(std::min(kMostWriters, files / kFilesOfWriter)));
}

bool try_start(std::vector<std::jthread>& threads, std::function<void()> work) {
  try {
    threads.emplace_back(std::move(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

void run_parallel(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& job) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;

  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        job(i);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };

  {
    std::vector<std::jthread> helpers;
    while (helpers.size() + 1 < std::min(threads, count) && try_start(helpers, work)) continue;
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace ensure::base
