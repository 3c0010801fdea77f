#include "venv/interpreter/interpreter_probe.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/process.h"
#include "installer/base/text.h"
#include "interpreter/probe.py.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

constexpr std::chrono::seconds kTimeout{20};

/// This process's environment without the variables that change the answer of a Python or of the
/// shell of a wrapper. The others stay: a Python may need LD_LIBRARY_PATH to run.
std::vector<std::string> child_environment() {
  return base::environment_without({"PYTHON", "_PYTHON", "__PYVENV_LAUNCHER__", "PIP_", "PYPY",
                                    "VIRTUAL_ENV", "BASH_ENV=", "ENV="});
}

/// The reason why the system refused to start `executable`.
base::Error cannot_start(const base::Path& executable, const base::FileError& error) {
  using base::FileFailure;
  const std::optional<ProgramFacts> facts = read_program_facts(executable);
  const std::string here = base::kernel().machine;
  const bool not_program = error.failure() == FileFailure::kNotProgram;
  const bool missing = error.failure() == FileFailure::kMissing;
  if (facts && facts->machine != here && (not_program || missing)) {
    return unusable(executable,
                    "is compiled for " + facts->machine + ", and this machine is " + here);
  }
  if (facts && missing) {
    return unusable(executable, "needs the loader `" + facts->loader.value_or("?") +
                                    "`, which is not on this machine");
  }
  if (missing) {
    return unusable(executable, "names a program in its first line that is not on this machine");
  }
  if (not_program) return unusable(executable, "is not a program");
  return unusable(executable, "cannot be started: " + error.reason());
}

base::Process start(const base::Path& executable, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{executable.text()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  try {
    return {command, child_environment()};
  } catch (const base::FileError& error) {
    throw cannot_start(executable, error);
  }
}

/// The last line that is not blank: tracebacks of Python and messages of the loader end with the
/// reason.
std::string last_line(std::string_view text) {
  std::string_view last;
  for (const std::string_view line : base::split_lines(text)) {
    if (!base::trim(line).empty()) last = base::trim(line);
  }
  return std::string(last.substr(0, 300));
}

base::Error failed(const base::Path& executable, const base::ProcessResult& result) {
  if (result.timed_out) {
    return unusable(executable, "did not answer within " + std::to_string(kTimeout.count()) +
                                    " seconds and was stopped");
  }
  const std::string complaint = last_line(result.error_output);
  const std::string reason = complaint.empty() ? "" : ": " + complaint;
  if (result.signal != 0) {
    return unusable(executable, "was ended by signal " + std::to_string(result.signal) + reason);
  }
  if (result.exit_code != 0) {
    return unusable(executable,
                    "failed with exit code " + std::to_string(result.exit_code) + reason);
  }
  return unusable(executable, "is not a Python interpreter: it ran, but did not answer as one");
}

/// The entries between the marks of `probe.py`; nullopt if a mark is missing.
std::optional<ScriptAnswers> parse_answers(std::string_view output) {
  constexpr std::string_view kBegin("\0ensure-begin\0", 14);
  constexpr std::string_view kEnd("ensure-end\0", 11);
  const std::size_t begin = output.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  output.remove_prefix(begin + kBegin.size());
  ScriptAnswers answers;
  while (!output.starts_with(kEnd)) {
    const std::size_t end = output.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view entry = output.substr(0, end);
    const std::size_t equals = entry.find('=');
    if (equals != std::string_view::npos) {
      answers.emplace(entry.substr(0, equals), entry.substr(equals + 1));
    }
    output.remove_prefix(end + 1);
  }
  return answers;
}

std::optional<VersionAnswer> version_answer(const base::ProcessResult& result) {
  return VersionAnswer::try_parse(result.output + "\n" + result.error_output);
}

void require_supported(const base::Path& executable, const ReleaseVersion& version) {
  if (version.major == 3 && version.minor >= kOldestMinor) return;
  throw unusable(executable, "is Python " + version.text + ", which is " +
                                 (version.major > 3 ? "newer than this program knows"
                                                    : "too old: 3." + std::to_string(kOldestMinor) +
                                                          " is the oldest that is supported"));
}

}  // namespace

std::optional<VersionAnswer> VersionAnswer::try_parse(std::string_view output) {
  constexpr std::string_view kStart = "Python ";
  for (const std::string_view line : base::split_lines(output)) {
    if (!line.starts_with(kStart)) continue;
    const std::string_view rest = line.substr(kStart.size());
    std::optional<ReleaseVersion> version =
        ReleaseVersion::try_parse(rest.substr(0, rest.find(' ')));
    if (!version) continue;
    const bool other = output.find("PyPy") != std::string_view::npos ||
                       output.find("Graal") != std::string_view::npos ||
                       output.find("Pyston") != std::string_view::npos;
    return VersionAnswer{
        .version = *std::move(version),
        .free_threaded = rest.find("free-threading build") != std::string_view::npos,
        .is_cpython = !other && rest.find('(') != std::string_view::npos};
  }
  return std::nullopt;
}

VersionQuestion::VersionQuestion(base::Path executable)
    : executable_(std::move(executable)), process_(start(executable_, {"-VV"})) {}

std::optional<VersionAnswer> VersionQuestion::answer() {
  const base::ProcessResult result = process_.wait(kTimeout);
  if (!result.succeeded()) throw failed(executable_, result);
  return version_answer(result);
}

ScriptAnswers run_script(const base::Path& executable, std::string_view script,
                         const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"-I", "-S", "-B", "-c", std::string(script)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const base::ProcessResult result = start(executable, command).wait(kTimeout);
  if (result.timed_out) throw failed(executable, result);
  if (std::optional<ScriptAnswers> answers = parse_answers(result.output)) return *answers;
  // A Python that is too old does not understand the question.
  const std::optional<VersionAnswer> version =
      version_answer(start(executable, {"-VV"}).wait(kTimeout));
  if (version) require_supported(executable, version->version);
  throw failed(executable, result);
}

Interpreter probe(const base::Path& executable) {
  ScriptAnswers answers = run_script(executable, kProbeScript);
  const std::optional<ReleaseVersion> version = ReleaseVersion::try_parse(answers["version_text"]);
  if (!version) {
    throw unusable(executable, "is not a Python interpreter: it says that its version is `" +
                                   answers["version_text"] + "`");
  }
  Interpreter result;
  const std::string& own_name = answers["executable"];
  result.executable = own_name.empty() ? executable : base::Path(own_name);
  require_supported(result.executable, *version);
  result.real_executable = base::real_path(result.executable).value_or(result.executable);
  result.set_version(*version);
  result.implementation = answers["implementation"];
  if (result.implementation != "cpython") {
    result.implementation_version = answers["implementation_version"];
  }
  result.cache_tag = answers["cache_tag"];
  result.abiflags = answers["abiflags"];
  result.free_threaded = result.abiflags.find('t') != std::string::npos;
  result.base_prefix = answers["base_prefix"];
  result.platlibdir = answers["platlibdir"];
  result.library_name = answers["library_name"];
  result.is_64bit = answers["bits"] == "64";
  result.system = answers["system"];
  const std::string machine = base::kernel().machine;
  const std::optional<ProgramFacts> facts = read_program_facts(result.real_executable);
  result.machine = facts ? facts->machine : machine;
  result.platform = answers["platform"].empty() ? "linux-" + machine : answers["platform"];
  return result;
}

base::Error unusable(const base::Path& path, std::string_view reason) {
  return base::Error(base::ExitCode::kInterpreter, "`" + path.text() + "` " + std::string(reason))
      .with_hint(
          "name another interpreter with `--python`; `ensure python list` shows those that are "
          "here");
}

}  // namespace ensure::venv
