#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bootstrap/target/environment_target.h"
#include "bootstrap/target/install_target.h"
#include "bootstrap/target/pipeline.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "venv/discovery/discovery.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// Targets move into place one by one, so the outer one would find the inner one in its place.
void refuse_nested(const Targets& targets) {
  for (const auto& inner : targets) {
    for (const auto& outer : targets) {
      if (inner->location() == outer->location()) continue;
      if (!base::is_at_or_below(inner->location(), outer->location())) continue;
      throw Error(ExitCode::kUsage, "the environment `" + inner->location().text() +
                                        "` is inside of another target, `" +
                                        outer->location().text() + "`")
          .with_hint("choose places side by side, or make the inner one in a second run");
    }
  }
}

/// The user that the kernel names as owner if the user namespace does not know the real one.
std::uint64_t overflow_user() {
  constexpr std::uint64_t kUsual = 65534;
  const auto text = base::read_file_if_exists("/proc/sys/kernel/overflowuid", base::kSmallText);
  return text ? std::strtoull(text->c_str(), nullptr, 10) : kUsual;
}

/// Whether `owner` stands for users that this user namespace does not know (user_namespaces(7)).
bool is_unknown_user(std::uint64_t owner) try {
  if (owner != overflow_user()) return false;
  const auto map = base::read_file_if_exists("/proc/self/uid_map", base::kSmallText);
  // Without /proc: the root directory belongs to root, so its owner shows whether root is known.
  if (!map) return base::file_status("/").value().owner == owner;
  for (const std::string_view line : base::split_lines(*map)) {
    std::istringstream fields{std::string(line)};
    std::uint64_t first = 0;
    std::uint64_t outside = 0;
    std::uint64_t count = 0;
    if (fields >> first >> outside >> count && owner >= first && owner - first < count) {
      return false;
    }
  }
  return true;
} catch (const base::FileError&) {
  return false;
}

/// Whether the program belongs to root or the caller, and others cannot write to it. True if it
/// does not exist.
bool is_trustworthy(const base::Path& program) {
  constexpr std::uint32_t kWritableByAnybody = 02;
  const std::optional<base::FileStatus> status = base::file_status(program);
  if (!status) return true;  // nothing starts
  return (status->is_own() || is_unknown_user(status->owner)) &&
         (status->mode & kWritableByAnybody) == 0;
}

/// Throws `Error` (`kFileSystem`) if another user may have chosen `program`, the Python that the
/// environment names: the files that name it, or the program itself, belong to neither root nor the
/// caller, or everybody may write to them. Accepts programs whose owner the user namespace does not
/// know, because root's programs look like that there.
void refuse_foreign_python(const venv::ExistingEnvironment& environment, const base::Path& program,
                           const base::Path& final_path) {
  const char* const hint = "name the Python to use, such as `--python 3.12` or `--python PATH`";
  if (environment.foreign) {
    throw Error(ExitCode::kFileSystem,
                "the environment `" + final_path.text() + "` names a Python to start, but `" +
                    environment.foreign->text() + "` belongs to another user")
        .with_hint(hint);
  }
  const bool is_named_by_link = std::ranges::any_of(
      environment.executables,
      [&](const venv::ExistingExecutable& executable) { return executable.target == program; });
  const bool is_open = environment.configuration_is_open && !is_named_by_link;
  // `program` may itself be in an environment; the Python that this one was made from counts, too.
  const bool is_safe = is_trustworthy(program) &&
                       is_trustworthy(venv::base_executable(base::absolute_path(program)));
  if (!is_open && is_safe) return;
  throw Error(ExitCode::kFileSystem, "the environment `" + final_path.text() + "` names `" +
                                         program.text() +
                                         "` as its Python, which another user may have chosen")
      .with_hint(hint);
}

/// The environments of a request, each once, and the choice of their Python.
class EnvironmentTargets {
 public:
  /// `root` is the Python in the root of the request, null without one; it must outlive this.
  explicit EnvironmentTargets(const Request& request, const InstallTarget* root = nullptr)
      : wanted_(request.python ? venv::PythonRequest::parse(*request.python)
                               : venv::PythonRequest()) {
    for (const base::Path& path : request.environments) {
      auto target = std::make_unique<EnvironmentTarget>(path, request, root);
      const bool again = std::ranges::any_of(
          targets_, [&](const auto& other) { return other->location() == target->location(); });
      if (again) continue;
      environments_.push_back(target.get());
      targets_.push_back(std::move(target));
    }
    refuse_nested(targets_);
    for (const auto& target : targets_) target->examine();
  }

  [[nodiscard]] const Targets& targets() const { return targets_; }

  /// The Python of the environments if their files show that all are as requested. Plans them.
  [[nodiscard]] std::optional<venv::Interpreter> recall_if_unchanged(base::Progress& progress) {
    const base::Step step(progress, "examine");
    std::optional<venv::Interpreter> recalled;
    for (EnvironmentTarget* const environment : environments_) {
      recalled = recall_interpreter(environment->existing());
      if (!recalled) return std::nullopt;
      environment->plan({*recalled, nullptr, {}, progress});
      if (!environment->is_as_requested()) return std::nullopt;
    }
    return recalled;
  }

  /// The Python that the environments get: the requested one; else that of an existing environment,
  /// or another one of its version if it does not start; else the first on PATH. An environment
  /// that is replaced (`--clear`) keeps its version of Python, too.
  [[nodiscard]] venv::Interpreter find_interpreter(base::Progress& progress) const {
    const base::Step step(progress, "look at the interpreter");
    if (const std::optional<base::Path> path = existing_interpreter()) {
      if (!all_are_replaced()) return venv::inspect(*path);
      if (auto found = unless_broken([&path] { return venv::inspect(*path); })) return *found;
    }
    if (const std::optional<venv::PythonRequest> same_version = existing_version()) {
      if (auto found = unless_broken([&] { return find(*same_version); })) return *found;
    }
    return find(wanted_);
  }

  /// Like `find_interpreter`, but does not wait for the answer of the interpreter: its files
  /// describe it. Returns nullopt if they do not.
  [[nodiscard]] std::optional<venv::ExpectedInterpreter> expect_interpreter(
      base::Progress& progress) const {
    const base::Step step(progress, "read the interpreter's files");
    if (const std::optional<base::Path> path = existing_interpreter()) {
      return venv::ExpectedInterpreter::expect(*path);
    }
    return venv::expect_interpreter(existing_version().value_or(wanted_),
                                    venv::Surroundings::of_this_process());
  }

 private:
  static venv::Interpreter find(const venv::PythonRequest& request) {
    return venv::find_interpreter(request, venv::Surroundings::of_this_process()).interpreter;
  }

  /// The result of `find`; nullopt if it throws because there is no usable interpreter.
  template <typename Find>
  static std::optional<venv::Interpreter> unless_broken(const Find& find) {
    try {
      return find();
    } catch (const Error& error) {
      if (error.exit_code() != ExitCode::kInterpreter) throw;
      return std::nullopt;
    }
  }

  /// The path of the interpreter that an environment was made from: the target of its links, or
  /// with copies the path in its configuration.
  static std::optional<base::Path> interpreter_of(const venv::ExistingEnvironment& environment) {
    for (const venv::ExistingExecutable& executable : environment.executables) {
      if (executable.leads_to_file && executable.target.is_absolute()) return executable.target;
    }
    const std::optional<std::string> home = environment.configuration.value("home");
    if (!home || environment.libraries.empty()) return std::nullopt;
    const base::Path path = base::Path(*home) / environment.libraries.back();
    return base::file_status(path) ? std::optional(path) : std::nullopt;
  }

  /// The interpreter of an environment, without starting it. Returns nullopt if its files do not
  /// tell enough, or it is not the requested one.
  [[nodiscard]] std::optional<venv::Interpreter> recall_interpreter(
      const venv::ExistingEnvironment* existing) const {
    if (existing == nullptr || wanted_.program) return std::nullopt;
    const std::optional<base::Path> path = interpreter_of(*existing);
    const std::optional<std::string> version = existing->configuration.version();
    if (!path || !version) return std::nullopt;
    std::optional<venv::Interpreter> recalled = venv::recall(*path, *version);
    if (!recalled) return std::nullopt;
    const bool is_requested = wanted_.path
                                  ? base::real_path(*wanted_.path) == recalled->real_executable
                                  : wanted_.accepts(*recalled);
    return is_requested ? recalled : std::nullopt;
  }

  /// If no Python is requested: the path of that of the first environment that names one.
  [[nodiscard]] std::optional<base::Path> existing_interpreter() const {
    if (!wanted_.text.empty()) return std::nullopt;
    for (const EnvironmentTarget* const environment : environments_) {
      if (environment->previous() == nullptr) continue;
      const std::optional<base::Path> path = interpreter_of(*environment->previous());
      if (!path) continue;
      refuse_foreign_python(*environment->previous(), *path, environment->path());
      return path;
    }
    return std::nullopt;
  }

  /// If no Python is requested: the version of that of an environment. It counts if that Python is
  /// gone, for example after an update of the system.
  [[nodiscard]] std::optional<venv::PythonRequest> existing_version() const {
    if (!wanted_.text.empty()) return std::nullopt;
    for (const EnvironmentTarget* const environment : environments_) {
      const venv::ExistingEnvironment* const previous = environment->previous();
      if (previous == nullptr || previous->libraries.empty()) continue;
      std::string name = previous->libraries.back();
      if (name.starts_with("python")) name.replace(0, 6, "cpython");
      return venv::PythonRequest::parse(name);
    }
    return std::nullopt;
  }

  /// Whether all environments are new or replaced, so that none determines the Python.
  [[nodiscard]] bool all_are_replaced() const {
    return std::ranges::none_of(environments_, [](const EnvironmentTarget* environment) {
      return environment->existing() != nullptr;
    });
  }

  venv::PythonRequest wanted_;
  Targets targets_;
  std::vector<EnvironmentTarget*> environments_;  ///< the elements of `targets_`
};

RunPython run_python(venv::Interpreter interpreter, const EnvironmentTargets& environments) {
  RunPython python;
  python.interpreter = std::move(interpreter);
  python.standard_library = python.interpreter.standard_library();
  python.builds_beside = environments.targets().front()->location();
  return python;
}

/// Environments inside a root, for the Python there, of which nothing is run.
Result make_in_root(const Request& request, const bundled::Bundle& bundle,
                    base::Progress& progress) {
  const InstallTarget python = InstallTarget::find(request);
  const EnvironmentTargets environments(request, &python);
  RunPython run{.interpreter = python.interpreter(),
                .standard_library = python.standard_library(),
                .root = base::absolute_path(*request.root),
                .platform = std::nullopt,
                .builds_beside = environments.targets().front()->location()};
  if (request.python_platform) run.platform = venv::TargetPlatform::parse(*request.python_platform);
  Pipeline pipeline(request, bundle, std::move(run), environments.targets(), progress);
  pipeline.stage();
  return pipeline.finish();
}

/// Stages everything for the interpreter that its files describe, while that interpreter starts to
/// confirm them. Returns nullopt, with nothing staged, if the files do not tell enough or turn out
/// to be wrong.
std::optional<Result> make_for_expected(const Request& request, const bundled::Bundle& bundle,
                                        const EnvironmentTargets& environments,
                                        base::Progress& progress) {
  std::optional<venv::ExpectedInterpreter> expected = environments.expect_interpreter(progress);
  if (!expected) return std::nullopt;
  Pipeline pipeline(request, bundle, run_python(expected->interpreter(), environments),
                    environments.targets(), progress);
  pipeline.stage();
  {
    const base::Step step(progress, "wait for the interpreter");
    if (!expected->confirm()) return std::nullopt;
  }
  return pipeline.finish();
}

}  // namespace

Result make_environments(const Request& request, const bundled::Bundle& bundle,
                         base::Progress& progress) {
  if (request.root) return make_in_root(request, bundle, progress);
  {
    EnvironmentTargets environments(request);
    // The usual second run starts no process and takes no lock.
    if (!request.upgrade && !request.clear && !request.wants_packages()) {
      if (auto python = environments.recall_if_unchanged(progress)) {
        return report_of(environments.targets(), run_python(*std::move(python), environments),
                         request, nullptr);
      }
    }
    // A build starts the interpreter, which must be certain then.
    if (!request.packages.builds_sources()) {
      if (auto result = make_for_expected(request, bundle, environments, progress)) return *result;
    }
  }
  const EnvironmentTargets environments(request);
  Pipeline pipeline(request, bundle,
                    run_python(environments.find_interpreter(progress), environments),
                    environments.targets(), progress);
  pipeline.stage();
  return pipeline.finish();
}

}  // namespace ensure::bootstrap
