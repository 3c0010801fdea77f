#include "installer/base/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/posix/descriptor.h"
#include "installer/base/process.h"
#include "installer/base/text.h"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it declared

namespace ensure::base {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 16U << 20U;

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw FileError("create", "pipe", errno);
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (const std::string& text : strings) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// The child inherits three descriptors and nothing else; its signals are those of a login.
class SpawnSettings {
 public:
  SpawnSettings(int input, int output, int error_output, const std::string& directory) {
    posix_spawn_file_actions_init(&actions_);
    if (!directory.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
    }
    posix_spawn_file_actions_adddup2(&actions_, input, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, 1);
    posix_spawn_file_actions_adddup2(&actions_, error_output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions_, 3);

    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    // In a session of its own (which is a process group, too) it has no terminal that it could ask
    // for a password.
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Appends what can be read now; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 16384> buffer{};
  const ssize_t count = read(descriptor, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  const std::size_t kept = std::min(static_cast<std::size_t>(count), kMostOutput - text.size());
  text.append(buffer.data(), kept);
  return count > 0;
}

}  // namespace

struct Process::State {
  pid_t pid = -1;
  Descriptor output;
  Descriptor error_output;

  State(pid_t child, Descriptor out, Descriptor err)
      : pid(child), output(std::move(out)), error_output(std::move(err)) {}

  /// And what it has started: it leads a process group.
  void kill_all() const { kill(-pid, SIGKILL); }

  /// Waits for the end of the child and says how it ended.
  void reap(ProcessResult& result) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    pid = -1;
    if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  }
};

Process::Process(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment, const std::string& directory) {
  const Pipe input = make_pipe();
  Pipe output = make_pipe();
  Pipe error_output = make_pipe();
  const SpawnSettings settings(input.read_end.get(), output.write_end.get(),
                               error_output.write_end.get(), directory);
  pid_t pid = -1;
  const int failure =
      posix_spawn(&pid, arguments.front().c_str(), settings.actions(), settings.attributes(),
                  pointers(arguments).data(), pointers(environment).data());
  if (failure != 0) throw FileError("run", arguments.front(), failure);
  state_ =
      std::make_unique<State>(pid, std::move(output.read_end), std::move(error_output.read_end));
}

Process::~Process() {
  if (state_->pid > 0) {
    state_->kill_all();
    ProcessResult ignored;
    state_->reap(ignored);
  }
}

ProcessResult Process::wait(std::chrono::milliseconds timeout) {
  ProcessResult result;
  const Clock::time_point deadline = Clock::now() + timeout;
  while (state_->output || state_->error_output) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      result.timed_out = true;
      state_->kill_all();
      break;
    }
    std::array<pollfd, 2> waits{pollfd{state_->output.get(), POLLIN, 0},
                                pollfd{state_->error_output.get(), POLLIN, 0}};
    const int ready = poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    const int failure = ready < 0 ? errno : 0;
    check_interrupt();
    if (failure != 0 && failure != EINTR) throw FileError("wait for", "a program", failure);
    if (ready <= 0) continue;
    if (waits[0].revents != 0 && !read_some(state_->output.get(), result.output)) {
      state_->output.reset();
    }
    if (waits[1].revents != 0 && !read_some(state_->error_output.get(), result.error_output)) {
      state_->error_output.reset();
    }
  }
  state_->reap(result);
  return result;
}

std::vector<std::string> environment_without(const std::vector<std::string>& removed_prefixes) {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const bool removed = std::ranges::any_of(
        removed_prefixes, [&](const std::string& prefix) { return text.starts_with(prefix); });
    if (!removed) kept.emplace_back(text);
  }
  return kept;
}

std::optional<Path> find_command(std::string_view name) {
  const char* const path = std::getenv("PATH");
  if (path == nullptr) return std::nullopt;
  for (const std::string_view directory : split(path, ':')) {
    Path program = Path(directory) / name;
    try {
      const auto status = program.is_absolute() ? file_status(program) : std::nullopt;
      if (status && status->is_executable_file()) return program;
    } catch (const FileError&) {
      continue;
    }
  }
  return std::nullopt;
}

}  // namespace ensure::base
