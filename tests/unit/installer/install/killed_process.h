#pragma once

#include <functional>

namespace ensure::install {

enum class Ending { kKilled, kSucceeded, kFailed };

/// Runs `job` in a child process.
Ending run_apart(const std::function<void()>& job);

/// Runs `job` in a child process and kills it when it is about to make the system call number
/// `call`, counted from 0 and only among those that may change the file system; the state at any
/// other moment is the same as before one of these.
Ending run_and_kill(int call, const std::function<void()>& job);

/// Lets every system call `number` of this process fail with `error_number` from now on.
void forbid_call(long number, int error_number);

}  // namespace ensure::install
