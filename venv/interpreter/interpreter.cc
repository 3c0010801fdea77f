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

/// Gives a CPython in the usual layout its full version; returns nullopt if that does not fit.
std::optional<Interpreter> with_version(std::optional<Interpreter> python,
                                        const std::optional<ReleaseVersion>& version) {
  if (!python || !version || version->major != 3 || version->minor != python->minor) {
    return std::nullopt;
  }
  python->set_version(*version);
  return python;
}

/// The version in the headers beside a CPython, or else in the executable.
std::optional<ReleaseVersion> version_in_files(const Interpreter& python) {
  const std::optional<std::string> header =
      read_if_readable(python.base_prefix / "include" / python.library_name / "patchlevel.h");
  std::optional<ReleaseVersion> version =
      header ? version_in_header(*header, python.minor) : std::nullopt;
  if (version) return version;
  return version_in_binary(base::MappedFile(python.executable).bytes(), python.minor);
}

/// Asks a CPython in the usual layout for its version. Returns nullopt if the answer does not fit.
std::optional<Interpreter> ask_for_version(const base::Path& executable) {
  std::optional<Interpreter> python = read_regular_layout(executable);
  if (!python) return std::nullopt;
  const std::optional<VersionAnswer> answer = VersionQuestion(executable).answer();
  if (!answer || !answer->is_cpython || answer->free_threaded != python->free_threaded) {
    return std::nullopt;
  }
  return with_version(std::move(python), answer->version);
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
  const std::optional<Interpreter> described = ask_for_version(executable);
  return described ? *described : ask_for_everything(executable);
}

ExpectedInterpreter::ExpectedInterpreter(Interpreter interpreter,
                                         std::shared_ptr<VersionQuestion> question)
    : interpreter_(std::move(interpreter)), question_(std::move(question)) {}

std::optional<ExpectedInterpreter> ExpectedInterpreter::expect(const base::Path& path) try {
  const std::optional<Interpreter> python = read_regular_layout(find_executable(path));
  std::optional<Interpreter> expected =
      python ? with_version(python, version_in_files(*python)) : std::nullopt;
  if (!expected) return std::nullopt;
  auto question = std::make_shared<VersionQuestion>(expected->executable);
  return ExpectedInterpreter(*std::move(expected), std::move(question));
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
  if (!release) return std::nullopt;
  return with_version(read_regular_layout(base::absolute_path(path)), release);
}

}  // namespace ensure::venv
