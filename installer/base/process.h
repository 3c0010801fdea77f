#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

/// This process: its standard streams, its program, and the machine that it runs on.
namespace ensure::base {

/// Prepares the process before it opens any file. Called once, by `main`:
///
/// - If the caller has closed standard input, output or error, a file opened later would take the
///   place of that stream and be written to; a pipe at its end takes it instead.
/// - A closed pipe and a limit on file sizes become errors of the call instead of signals.
/// - Bits of the umask that take rights from the owner are cleared: they would lock this process
///   out of the directories that it creates.
/// - SIGINT, SIGTERM and SIGHUP no longer end the process, but are remembered for
/// `check_interrupt`,
///   unless the parent has set them to be ignored.
void prepare_process();

/// Throws `Error` with exit code 130 (SIGINT) or 143 (SIGTERM, SIGHUP) if a signal has arrived
/// since `prepare_process`. Long work calls this between two files, so that the owner of staged
/// files removes them.
void check_interrupt();

enum class OutputStream : std::uint8_t { kOutput, kError };

/// Writes all of `text`; throws `FileError`.
void write_stream(OutputStream stream, std::string_view text);

[[nodiscard]] bool is_terminal(OutputStream stream);

struct WindowSize {
  std::size_t columns;
  std::size_t rows;
};

/// The size of the terminal of a stream; nullopt if it is not a terminal or does not tell its size.
[[nodiscard]] std::optional<WindowSize> window_size(OutputStream stream);

[[nodiscard]] std::uint64_t process_id();
/// A number for the current thread, as the kernel's tools show it.
[[nodiscard]] std::uint64_t thread_id();

/// Paths that lead to the executable of this process, the most reliable one first. Some may not
/// exist: in a bare chroot there is no /proc.
[[nodiscard]] std::vector<Path> program_paths();

/// Random bytes for a secret; nullopt if the system has none.
[[nodiscard]] std::optional<std::string> random_bytes(std::size_t count);

/// Opens a socket that children do not inherit, with the arguments of socket(2). Returns -1 on
/// failure.
[[nodiscard]] int open_socket(int family, int type, int protocol);

/// The kernel as uname(2) describes it; empty texts if that fails.
struct Kernel {
  std::string release;
  std::string version;
  std::string machine;  ///< "x86_64", "aarch64", "i686"
};
[[nodiscard]] Kernel kernel();

}  // namespace ensure::base
