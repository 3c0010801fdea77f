#pragma once

#include <cstddef>
#include <functional>

namespace ensure::base {

/// How many threads work that is bound by the processor should use here: the processors this
/// process may run on, at most `limit`.
[[nodiscard]] std::size_t useful_threads(std::size_t limit);

/// Calls `job(0)` to `job(count - 1)`, each once, on up to `threads` threads of which the caller's
/// is one, and returns when all are done. After a job has thrown, no further one is started and
/// the first exception is thrown again here. Jobs are taken in order.
void run_parallel(std::size_t count, std::size_t threads,
                  const std::function<void(std::size_t)>& job);

}  // namespace ensure::base
