#include "installer/base/process.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "installer/base/error.h"
#include "installer/base/posix/system_calls.h"

namespace ensure::base {

namespace {

int descriptor_of(OutputStream stream) {
  return stream == OutputStream::kOutput ? STDOUT_FILENO : STDERR_FILENO;
}

bool is_closed(int descriptor) { return fcntl(descriptor, F_GETFD) < 0 && errno == EBADF; }

/// The reading end of a pipe fills the gaps: it is at its end, and writing to it is an error, as it
/// was for the closed stream. /dev/null may not exist.
void occupy_standard_streams() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    std::array<int, 2> ends{};
    if (!is_closed(descriptor) || pipe2(ends.data(), O_CLOEXEC) != 0) continue;
    // The reading end has the lowest free number, which is that of the descriptor.
    const auto [reading, writing] = ends;
    if (writing > STDERR_FILENO) {
      close(writing);
    } else {
      dup3(reading, writing, O_CLOEXEC);
    }
  }
}

/// The one piece of process-wide state: a signal handler can reach nothing else.
volatile std::sig_atomic_t pending_signal = 0;

void remember(int signal) { pending_signal = signal; }

void watch_for_interrupts() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction current{};
    sigaction(signal, nullptr, &current);
    if (current.sa_handler == SIG_IGN) continue;
    struct sigaction action{};
    action.sa_handler = remember;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
  }
}

}  // namespace

void prepare_process() {
  occupy_standard_streams();
  watch_for_interrupts();
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c): both signals can be ignored
  }
  const mode_t mask = umask(0);
  umask(mask & 077U);
}

void check_interrupt() {
  const int signal = pending_signal;
  if (signal == 0) return;
  const bool interrupted = signal == SIGINT;
  throw Error(interrupted ? ExitCode::kInterrupted : ExitCode::kTerminated,
              interrupted ? "interrupted" : "terminated by a signal")
      .with_hint("nothing has been changed; run the same command again");
}

void write_stream(OutputStream stream, std::string_view text) {
  const bool is_output = stream == OutputStream::kOutput;
  if (write_fully(descriptor_of(stream), text)) return;
  throw FileError("write", is_output ? "standard output" : "standard error", errno);
}

bool is_terminal(OutputStream stream) { return isatty(descriptor_of(stream)) == 1; }

std::optional<WindowSize> window_size(OutputStream stream) {
  winsize size{};
  const bool is_known = ioctl(descriptor_of(stream), TIOCGWINSZ, &size) == 0;
  if (!is_known || size.ws_col == 0 || size.ws_row == 0) return std::nullopt;
  return WindowSize{.columns = size.ws_col, .rows = size.ws_row};
}

std::uint64_t process_id() { return static_cast<std::uint64_t>(getpid()); }

std::uint64_t thread_id() { return static_cast<std::uint64_t>(gettid()); }

std::vector<Path> program_paths() {
  std::vector<Path> paths{"/proc/self/exe"};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval returns addresses as numbers
  const auto* const started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  if (started != nullptr) paths.emplace_back(started);
  return paths;
}

std::optional<std::string> random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  const ssize_t filled = getrandom(bytes.data(), count, 0);
  return filled == static_cast<ssize_t>(count) ? std::optional(std::move(bytes)) : std::nullopt;
}

int open_socket(int family, int type, int protocol) {
  return socket(family, type | SOCK_CLOEXEC, protocol);
}

Kernel kernel() {
  utsname names{};
  if (uname(&names) != 0) return {};
  return {.release = names.release, .version = names.version, .machine = names.machine};
}

}  // namespace ensure::base
