#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace ensure::base {

/// How many threads work that is bound by the processor should use here: the processors this
/// process may run on, at most `limit`.
[[nodiscard]] std::size_t useful_threads(std::size_t limit);

/// How many threads should write files: more than a few only wait for each other in the file
/// system, and a low limit on open files (`ulimit -n`) may allow fewer.
[[nodiscard]] std::size_t useful_writers();

/// Starts one more thread. False where the system gives none (a limit on processes, a sandbox):
/// then the caller does all of the work.
[[nodiscard]] bool try_start(std::vector<std::jthread>& threads, std::function<void()> work);

/// Calls `job(0)` to `job(count - 1)`, each once, on up to `threads` threads of which the caller's
/// is one, and returns when all are done. After a job has thrown, no further one is started and
/// the first exception is thrown again here. Jobs are taken in order.
void run_parallel(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& job);

}  // namespace ensure::base
