#include "killed_process.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <stdexcept>
#include <vector>

namespace ensure::install {

namespace {

using Filter = std::vector<struct sock_filter>;

constexpr auto kLoad = static_cast<unsigned short>(BPF_LD | BPF_W | BPF_ABS);
constexpr auto kIfEqual = static_cast<unsigned short>(BPF_JMP | BPF_JEQ | BPF_K);
constexpr auto kIfAnyBit = static_cast<unsigned short>(BPF_JMP | BPF_JSET | BPF_K);
constexpr auto kReturn = static_cast<unsigned short>(BPF_RET | BPF_K);
constexpr auto kThirdArgument = static_cast<unsigned int>(offsetof(seccomp_data, args)) + 16U;

void install(Filter filter) {
  const struct sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    throw std::runtime_error("no system call filter can be set");
  }
}

/// Reports all calls to the tracer but those that are known to change nothing. (On 64-bit machines
/// with the low half of an argument first.)
void report_changing_calls() {
  Filter filter = {{kLoad, 0, 0, offsetof(seccomp_data, nr)}};
  for (const auto call : {SYS_read,      SYS_pread64,    SYS_close,
                          SYS_lseek,     SYS_fstat,      SYS_newfstatat,
                          SYS_statx,     SYS_getdents64, SYS_readlinkat,
                          SYS_faccessat, SYS_faccessat2, SYS_openat2,
                          SYS_statfs,    SYS_getcwd,     SYS_geteuid,
                          SYS_fcntl,     SYS_brk,        SYS_mmap,
                          SYS_munmap,    SYS_futex,      SYS_clock_nanosleep,
                          SYS_getrandom}) {
    filter.push_back({kIfEqual, 0, 1, static_cast<unsigned int>(call)});
    filter.push_back({kReturn, 0, 0, SECCOMP_RET_ALLOW});
  }
  filter.push_back({kIfEqual, 0, 3, SYS_openat});
  filter.push_back({kLoad, 0, 0, kThirdArgument});
  filter.push_back({kIfAnyBit, 1, 0, O_CREAT | O_TRUNC});
  filter.push_back({kReturn, 0, 0, SECCOMP_RET_ALLOW});
  filter.push_back({kReturn, 0, 0, SECCOMP_RET_TRACE});
  install(filter);
}

[[noreturn]] void run_and_exit(const std::function<void()>& job) {
  try {
    job();
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

Ending ending_of(int status) {
  if (WIFSIGNALED(status)) return Ending::kKilled;
  return WEXITSTATUS(status) == 0 ? Ending::kSucceeded : Ending::kFailed;
}

}  // namespace

Ending run_apart(const std::function<void()>& job) {
  const pid_t child = fork();
  if (child == 0) run_and_exit(job);
  int status = 0;
  waitpid(child, &status, 0);
  return ending_of(status);
}

Ending run_and_kill(int call, const std::function<void()>& job) {
  const pid_t child = fork();
  if (child == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    raise(SIGSTOP);
    run_and_exit([&] {
      report_changing_calls();
      job();
    });
  }
  int status = 0;
  waitpid(child, &status, 0);
  ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
  for (int count = -1; WIFSTOPPED(status); waitpid(child, &status, 0)) {
    const bool is_call = status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8));
    if (is_call && ++count == call) {
      kill(child, SIGKILL);
    } else {
      ptrace(PTRACE_CONT, child, nullptr, nullptr);
    }
  }
  return ending_of(status);
}

void forbid_call(long number, int error_number) {
  install({{kLoad, 0, 0, offsetof(seccomp_data, nr)},
           {kIfEqual, 0, 1, static_cast<unsigned int>(number)},
           {kReturn, 0, 0, SECCOMP_RET_ERRNO | static_cast<unsigned int>(error_number)},
           {kReturn, 0, 0, SECCOMP_RET_ALLOW}});
}

}  // namespace ensure::install
