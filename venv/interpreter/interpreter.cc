#include "venv/interpreter/interpreter.h"

#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_layout.h"
#include "venv/interpreter/interpreter_probe.h"
#include "venv/interpreter/program_facts.h"

namespace ensure::venv {

namespace {

void require_executable_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  if (!status) {
    throw unusable(path,
                   base::link_status(path) ? "is a link that leads nowhere" : "does not exist");
  }
  if (status->type == base::FileType::kDirectory) {
    throw unusable(path, "is a directory, not an interpreter");
  }
  if (!status->is_executable_file()) throw unusable(path, "is not an executable file");
}

/// The executable of the Python at `path`, or of the one that its environment was made from.
base::Path find_executable(const base::Path& path) {
  const base::Path named = base::absolute_path(path);
  require_executable_file(named);
  base::Path executable = base_executable(named);
  if (executable != named) require_executable_file(executable);
  return executable;
}

bool is_supported(const Interpreter& interpreter) {
  return interpreter.major == 3 && interpreter.minor >= kOldestMinor;
}

void require_supported(const Interpreter& interpreter) {
  if (is_supported(interpreter)) return;
  throw unusable(interpreter.executable,
                 "is Python " + interpreter.version_text + ", which is " +
                     (interpreter.major > 3 ? "newer than this program knows"
                                            : "too old: 3." + std::to_string(kOldestMinor) +
                                                  " is the oldest that is supported"));
}

/// A CPython whose files tell everything but its version.
struct RegularPython {
  base::Path executable;
  ProgramFacts facts;
  InterpreterLayout layout;

  [[nodiscard]] static std::optional<RegularPython> read(const base::Path& executable) {
    std::optional<ProgramFacts> facts = read_program_facts(executable);
    std::optional<InterpreterLayout> layout =
        facts ? read_regular_layout(executable) : std::nullopt;
    if (!layout) return std::nullopt;
    return RegularPython{
        .executable = executable, .facts = *std::move(facts), .layout = *std::move(layout)};
  }

  /// Returns nullopt if the version and the layout disagree.
  [[nodiscard]] std::optional<Interpreter> describe(const ReleaseVersion& version) const {
    if (version.major != 3 || version.minor != layout.minor) return std::nullopt;
    Interpreter result;
    result.executable = executable;
    result.real_executable = base::real_path(executable).value_or(executable);
    result.implementation = "cpython";
    result.set_build(version, layout.free_threaded);
    result.base_prefix = layout.prefix;
    result.platlibdir = layout.platlibdir;
    result.is_64bit = facts.is_64bit;
    result.machine = facts.machine;
    result.platform = "linux-" + machine_here();
    return result;
  }

  /// The version in the headers beside it, or else in the executable.
  [[nodiscard]] std::optional<ReleaseVersion> version() const {
    const std::optional<std::string> header =
        read_if_readable(layout.prefix / "include" / layout.library_name / "patchlevel.h");
    std::optional<ReleaseVersion> version =
        header ? version_in_header(*header, layout.minor) : std::nullopt;
    if (version) return version;
    return version_in_binary(base::MappedFile(executable).bytes(), layout.minor);
  }
};

/// Asks a CPython in the usual layout for its version. Returns nullopt if the answer does not fit.
std::optional<Interpreter> ask_for_version(const base::Path& executable) {
  const std::optional<RegularPython> python = RegularPython::read(executable);
  if (!python) return std::nullopt;
  const std::optional<VersionAnswer> answer = VersionQuestion(executable).answer();
  if (!answer || !answer->is_cpython || answer->free_threaded != python->layout.free_threaded) {
    return std::nullopt;
  }
  return python->describe(answer->version);
}

Interpreter ask_for_everything(const base::Path& executable) {
  const Interpreter result = probe(executable);
  // A wrapper may have started the Python of an environment.
  const base::Path base = base_executable(result.executable);
  return base == result.executable ? result : probe(base);
}

}  // namespace

base::Path Interpreter::standard_library() const {
  const base::Path path = windows() ? "Lib" : base::Path(platlibdir) / library_name;
  return (base_prefix / path).lexically_normal();
}

void Interpreter::set_version(const ReleaseVersion& release) {
  version = release.numbers();
  version_text = release.text;
  major = release.major;
  minor = release.minor;
  micro = release.micro;
}

void Interpreter::set_build(const ReleaseVersion& release, bool without_lock, bool debug) {
  set_version(release);
  const std::string name = std::to_string(minor) + (without_lock ? "t" : "");
  free_threaded = without_lock;
  abiflags = std::string(without_lock ? "t" : "") + (debug ? "d" : "");
  library_name = (pypy() ? "pypy3." : "python3.") + name;
  cache_tag = (pypy() ? "pypy3" : "cpython-3") + std::to_string(minor);
}

Interpreter inspect(const base::Path& path) {
  const base::Path executable = find_executable(path);
  std::optional<Interpreter> described = ask_for_version(executable);
  Interpreter result = described ? *std::move(described) : ask_for_everything(executable);
  require_supported(result);
  return result;
}

ExpectedInterpreter::ExpectedInterpreter(Interpreter interpreter,
                                         std::shared_ptr<VersionQuestion> question)
    : interpreter_(std::move(interpreter)), question_(std::move(question)) {}

std::optional<ExpectedInterpreter> ExpectedInterpreter::expect(const base::Path& path) try {
  const std::optional<RegularPython> python = RegularPython::read(find_executable(path));
  const std::optional<ReleaseVersion> version = python ? python->version() : std::nullopt;
  std::optional<Interpreter> expected = version ? python->describe(*version) : std::nullopt;
  if (!expected || !is_supported(*expected)) return std::nullopt;
  return ExpectedInterpreter(*std::move(expected),
                             std::make_shared<VersionQuestion>(python->executable));
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return std::nullopt;
}

bool ExpectedInterpreter::confirm() try {
  const std::optional<VersionAnswer> answer = question_->answer();
  return answer && answer->is_cpython && answer->version.text == interpreter_.version_text &&
         answer->free_threaded == interpreter_.free_threaded;
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return false;
}

std::optional<Interpreter> recall(const base::Path& path, std::string_view version) {
  const std::optional<ReleaseVersion> release = ReleaseVersion::try_parse(version);
  const std::optional<RegularPython> python =
      release ? RegularPython::read(base::absolute_path(path)) : std::nullopt;
  return python ? python->describe(*release) : std::nullopt;
}

}  // namespace ensure::venv
