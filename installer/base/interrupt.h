#pragma once

namespace ensure::base {

/// From now on SIGINT, SIGTERM and SIGHUP do not end the process but are remembered for
/// `check_interrupt`. Called once, by the program; without it nothing is ever pending.
/// A signal that the parent has set to be ignored stays ignored.
void watch_for_interrupts();

/// Whether a signal is pending; for loops that wait.
[[nodiscard]] bool interrupt_pending();

/// Throws `Error` with exit code 130 (SIGINT) or 143 (SIGTERM, SIGHUP) where a signal has arrived.
/// Long work calls this between two files, so that whoever holds staged files removes them.
void check_interrupt();

}  // namespace ensure::base
