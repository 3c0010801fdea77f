#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/report/report.h"
#include "bootstrap/session.h"
#include "installer/base/error.h"
#include "installer/base/interrupt.h"

namespace {

namespace base = ensure::base;
namespace bootstrap = ensure::bootstrap;

/// The hint for an error without a hint.
constexpr const char* kOwnFault = "this is a fault in ensure; please report it with its `--trace`";

bool is_closed(int descriptor) { return fcntl(descriptor, F_GETFD) < 0 && errno == EBADF; }

/// If the caller has closed 0, 1 or 2, the next open file would take its place and be written to as
/// "standard output". The reading end of a pipe fills the gaps: it is at its end, and writing to it
/// is an error as before. /dev/null may not exist.
void occupy_standard_descriptors() {
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

/// Clears the bits of the umask that take rights from the owner: they would lock this process out
/// of the directories that it creates. The bits for group and others stay.
void honour_umask_of_others() {
  const mode_t mask = umask(0);
  umask(mask & 077U);
}

/// Runs the program and turns exceptions into a message and an exit code.
base::ExitCode run(const std::vector<std::string>& arguments) {
  bootstrap::Request request;
  request.json = bootstrap::wants_json(arguments);
  const auto fail = [&request](const base::Error& error) {
    bootstrap::report_error(error, request.color, request.json);
    return error.exit_code();
  };
  try {
    request = bootstrap::parse_command_line(arguments);
    bootstrap::run_session(request);
    return base::ExitCode::kSuccess;
  } catch (base::Error& error) {
    if (error.hints().empty()) error.add_hint(kOwnFault);
    return fail(error);
  } catch (const std::bad_alloc&) {
    return fail(base::Error(base::ExitCode::kFailure, "out of memory")
                    .with_hint("free some memory, then run the same command again"));
  } catch (const std::exception& error) {
    return fail(base::Error(base::ExitCode::kFailure, error.what()).with_hint(kOwnFault));
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_descriptors();
  // A closed pipe and a file size limit are errors of the call, not signals.
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);  // NOLINT(cert-err33-c)
  }
  honour_umask_of_others();
  base::watch_for_interrupts();
  return static_cast<int>(run({argv + (argc > 0 ? 1 : 0), argv + argc}));
}
