#include "venv/interpreter/interpreter_probe.h"

#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "interpreter/probe.py.h"
#include "venv/interpreter/program_facts.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

constexpr std::chrono::seconds kTimeout{20};
constexpr std::string_view kChooseAnother =
    "name another interpreter with `--python`; `ensure python list` shows those that are here";

base::Error unusable(const base::Path& executable, std::string_view reason) {
  return base::Error(base::ExitCode::kInterpreter,
                     "`" + executable.text() + "` " + std::string(reason))
      .with_hint(std::string(kChooseAnother));
}

/// This process's environment without what would make a Python, or the shell of a wrapper,
/// answer differently. The rest stays: LD_LIBRARY_PATH, say, may be what makes it run.
std::vector<std::string> child_environment() {
  return base::environment_without({"PYTHON", "_PYTHON", "__PYVENV_LAUNCHER__", "PIP_", "PYPY",
                                    "VIRTUAL_ENV", "BASH_ENV=", "ENV="});
}

/// Why the system refused to start `executable`, in words that help.
base::Error cannot_start(const base::Path& executable, int error_number) {
  const std::optional<ElfHeader> header = read_elf_header(executable);
  const std::string here = machine_here();
  if (header && header->machine != here && (error_number == ENOEXEC || error_number == ENOENT)) {
    return unusable(executable,
                    "is compiled for " + header->machine + ", and this machine is " + here);
  }
  if (header && error_number == ENOENT) {
    const base::MappedFile file(executable);
    return unusable(executable, "needs the loader `" + elf_loader(file.bytes()).value_or("?") +
                                    "`, which is not on this machine");
  }
  if (error_number == ENOENT) {
    return unusable(executable, "names a program in its first line that is not on this machine");
  }
  if (error_number == ENOEXEC) return unusable(executable, "is not a program");
  return unusable(executable, std::string("cannot be started: ") + std::strerror(error_number));
}

base::Process start(const base::Path& executable, const std::vector<std::string>& arguments) {
  std::vector<std::string> command{executable.text()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  try {
    return {command, child_environment()};
  } catch (const base::FileError& error) {
    throw cannot_start(executable, error.error_number());
  }
}

base::ProcessResult run(const base::Path& executable, const std::vector<std::string>& arguments) {
  return start(executable, arguments).wait(kTimeout);
}

/// The last line that says something: Python ends its tracebacks, and the loader its complaints,
/// with the reason.
std::string last_line(std::string_view text) {
  std::string_view last;
  for (const std::string_view line : base::split_lines(text)) {
    if (!base::trim(line).empty()) last = base::trim(line);
  }
  return std::string(last.substr(0, 300));
}

base::Error failed(const base::Path& executable, const base::ProcessResult& result) {
  if (result.timed_out) {
    return unusable(executable, "gave no answer within " + std::to_string(kTimeout.count()) +
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

/// The entries between the marks of `probe.py`; none where the marks are missing.
std::optional<std::vector<std::string>> parse_entries(std::string_view output) {
  constexpr std::string_view kBegin("\0ensure-begin\0", 14);
  constexpr std::string_view kEnd("ensure-end\0", 11);
  const std::size_t begin = output.find(kBegin);
  if (begin == std::string_view::npos) return std::nullopt;
  output.remove_prefix(begin + kBegin.size());
  std::vector<std::string> entries;
  while (!output.starts_with(kEnd)) {
    const std::size_t end = output.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    entries.emplace_back(output.substr(0, end));
    output.remove_prefix(end + 1);
  }
  return entries;
}

/// Whether a Python that gave no answer is merely too old to understand the question.
void throw_if_too_old(const base::Path& executable) {
  const base::ProcessResult result = run(executable, {"-VV"});
  const std::optional<VersionAnswer> answer =
      VersionAnswer::try_parse(result.output + "\n" + result.error_output);
  if (answer && (answer->major < 3 || (answer->major == 3 && answer->minor < kOldestMinor))) {
    throw unusable(executable, "is Python " + answer->text + ", which is too old: 3." +
                                   std::to_string(kOldestMinor) +
                                   " is the oldest that is supported");
  }
}

}  // namespace

std::optional<VersionAnswer> VersionAnswer::try_parse(std::string_view output) {
  for (const std::string_view line : base::split_lines(output)) {
    if (!line.starts_with("Python ")) continue;
    VersionAnswer answer;
    const std::string_view rest = line.substr(7);
    const std::string_view version = rest.substr(0, rest.find(' '));
    const std::size_t digits = std::min(version.find_first_not_of("0123456789."), version.size());
    const std::optional<ReleaseNumber> number = ReleaseNumber::try_parse(version.substr(0, digits));
    if (!number) continue;
    answer.major = number->major;
    answer.minor = number->minor;
    answer.micro = number->micro;
    answer.text = version.substr(0, version.find('+'));  // "3.13.0+" is built between releases
    answer.free_threaded = rest.find("free-threading build") != std::string_view::npos;
    const bool other = output.find("PyPy") != std::string_view::npos ||
                       output.find("Graal") != std::string_view::npos ||
                       output.find("Pyston") != std::string_view::npos;
    answer.is_cpython = !other && rest.find('(') != std::string_view::npos;
    return answer;
  }
  return std::nullopt;
}

VersionQuestion::VersionQuestion(base::Path executable)
    : executable_(std::move(executable)), process_(start(executable_, {"-VV"})) {}

VersionAnswer VersionQuestion::answer() {
  const base::ProcessResult result = process_.wait(kTimeout);
  const std::optional<VersionAnswer> answer =
      VersionAnswer::try_parse(result.output + "\n" + result.error_output);
  if (!result.succeeded() || !answer) throw failed(executable_, result);
  return *answer;
}

std::vector<std::string> run_script(const base::Path& executable, std::string_view script,
                                    const std::vector<std::string>& arguments) {
  std::vector<std::string> command{"-I", "-S", "-B", "-c", std::string(script)};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const base::ProcessResult result = run(executable, command);
  std::optional<std::vector<std::string>> entries = parse_entries(result.output);
  if (!result.timed_out && entries) return *std::move(entries);
  if (!result.timed_out) throw_if_too_old(executable);
  throw failed(executable, result);
}

std::string entry_value(const std::vector<std::string>& entries, std::string_view name) {
  for (const std::string& entry : entries) {
    const std::string_view text = entry;
    if (text.starts_with(name) && text.substr(name.size()).starts_with('=')) {
      return std::string(text.substr(name.size() + 1));
    }
  }
  return {};
}

Interpreter probe(const base::Path& executable) {
  const std::vector<std::string> entries = run_script(executable, kProbeScript);
  const auto value = [&](std::string_view name) { return entry_value(entries, name); };
  Interpreter result;
  result.version = value("version");
  result.version_text = value("version_text");
  const std::optional<ReleaseNumber> number = ReleaseNumber::try_parse(result.version);
  if (!number) {
    throw unusable(executable, "is not a Python interpreter: it says that its version is `" +
                                   result.version + "`");
  }
  result.major = number->major;
  result.minor = number->minor;
  result.micro = number->micro;
  result.implementation = value("implementation");
  if (result.implementation != "cpython") {
    result.implementation_version = value("implementation_version");
  }
  result.cache_tag = value("cache_tag");
  result.abiflags = value("abiflags");
  result.free_threaded = result.abiflags.find('t') != std::string::npos;
  const std::string own_name = value("executable");
  result.executable = own_name.empty() ? executable : base::Path(own_name);
  result.real_executable = base::real_path(result.executable).value_or(result.executable);
  result.base_prefix = value("base_prefix");
  result.base_exec_prefix = value("base_exec_prefix");
  result.platlibdir = value("platlibdir");
  result.library_name = value("library_name");
  result.is_64bit = value("bits") == "64";
  result.system = value("system");
  const std::optional<ElfHeader> header = read_elf_header(result.real_executable);
  result.machine = header ? header->machine : machine_here();
  result.platform = value("platform");
  if (result.platform.empty()) result.platform = "linux-" + machine_here();
  return result;
}

std::string machine_here() {
  utsname names{};
  return uname(&names) == 0 ? std::string(names.machine) : std::string("unknown");
}

}  // namespace ensure::venv
