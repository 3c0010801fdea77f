#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"

namespace ensure::base {

struct ProcessResult {
  int exit_code = -1;  ///< -1 where a signal ended the process
  int signal = 0;      ///< the signal that ended it, else 0
  bool timed_out = false;
  std::string output;
  std::string error_output;

  [[nodiscard]] bool succeeded() const { return exit_code == 0 && !timed_out; }
};

/// A child process: started with an argument vector, without a shell. It inherits nothing but
/// descriptors 0 (at its end), 1 and 2 (read by us), default signals, and the given environment; it
/// has no terminal.
class Process {
 public:
  /// `arguments[0]` is the path of the program; it is not searched for. `environment` holds
  /// "NAME=value" entries, and `directory` is its current directory if not empty. Throws
  /// `FileError` where the program cannot be started.
  Process(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
          const std::string& directory = {});

  /// A child that still runs is killed, with all that it has started.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads all output and waits for the end. At most the first 16 MiB of output are kept. A
  /// child that runs longer than `timeout` is killed. Throws where a signal interrupts us.
  [[nodiscard]] ProcessResult wait(std::chrono::milliseconds timeout);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Entries of this process's own environment, without those whose name begins with one of
/// `removed_prefixes`.
[[nodiscard]] std::vector<std::string> environment_without(
    const std::vector<std::string>& removed_prefixes);

/// The program `name` in the directories of PATH; nullopt if none has it. As shells do, this
/// ignores directories that may not be searched; it also ignores relative ones.
[[nodiscard]] std::optional<Path> find_command(std::string_view name);

}  // namespace ensure::base
