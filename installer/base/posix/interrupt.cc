#include "installer/base/interrupt.h"

#include <array>
#include <csignal>

#include "installer/base/error.h"

namespace ensure::base {

namespace {

/// The one piece of process-wide state: a signal handler can reach nothing else.
volatile std::sig_atomic_t pending_signal = 0;

void remember(int signal) { pending_signal = signal; }

}  // namespace

void watch_for_interrupts() {
  for (const int signal : std::array{SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current{};
    sigaction(signal, nullptr, &current);
    if (current.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = remember;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

bool interrupt_pending() { return pending_signal != 0; }

void check_interrupt() {
  const int signal = pending_signal;
  if (signal == 0) return;
  const bool interrupted = signal == SIGINT;
  throw Error(interrupted ? ExitCode::kInterrupted : ExitCode::kTerminated,
              interrupted ? "interrupted" : "terminated by a signal")
      .with_hint("nothing has been changed; run the same command again");
}

}  // namespace ensure::base
