// Runs a command and prints its time in milliseconds, its peak memory in KiB and the processor
// time of all its threads and children in milliseconds.
//
//     measure COMMAND [ARGUMENT...]
//
// A small program of its own, because Linux counts the memory of the process that forks as memory
// of the child: started from a Python, every program seems to need 15 MB.

#include <spawn.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>

extern char** environ;

namespace {

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  if (posix_spawnp(&child, argv[1], nullptr, nullptr, argv + 1, environ) != 0) return 127;
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) return 1;
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  const double processor = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
  std::printf("measured %.3f %ld %.3f\n", taken.count(), usage.ru_maxrss, processor);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
