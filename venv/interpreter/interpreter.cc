#include "venv/interpreter/interpreter.h"

#include <optional>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "venv/interpreter/interpreter_layout.h"
#include "venv/interpreter/interpreter_probe.h"
#include "venv/interpreter/linked_program.h"
#include "venv/interpreter/program_facts.h"
#include "venv/interpreter/release_version.h"
#include "venv/interpreter/version_in_program.h"

namespace ensure::venv {

namespace {

base::Error unusable(const base::Path& path, std::string_view reason) {
  return base::Error(base::ExitCode::kInterpreter, "`" + path.text() + "` " + std::string(reason))
      .with_hint(
          "name another interpreter with `--python`; `ensure python list` shows those that are "
          "here");
}

void require_executable_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  if (!status) {
    throw unusable(path,
                   base::link_status(path) ? "is a link that leads nowhere" : "does not exist");
  }
  if (status->type == base::FileType::kDirectory) {
    throw unusable(path, "is a folder, not an interpreter");
  }
  if (!status->is_executable_file()) throw unusable(path, "is not an executable file");
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

/// What follows from the layout and the version alone; none where the two disagree.
std::optional<Interpreter> describe(const base::Path& executable, const ElfHeader& header,
                                    const InterpreterLayout& layout, const VersionAnswer& version) {
  if (!version.is_cpython || version.major != 3 || version.minor != layout.minor ||
      version.free_threaded != layout.free_threaded) {
    return std::nullopt;
  }
  Interpreter result;
  result.executable = executable;
  result.real_executable = base::real_path(executable).value_or(executable);
  result.minor = version.minor;
  result.micro = version.micro;
  result.version = "3." + std::to_string(version.minor) + "." + std::to_string(version.micro);
  result.version_text = version.text;
  result.implementation = "cpython";
  result.cache_tag = "cpython-3" + std::to_string(version.minor);
  if (version.free_threaded) result.abiflags.push_back('t');
  result.free_threaded = version.free_threaded;
  result.base_prefix = layout.prefix;
  result.base_exec_prefix = layout.exec_prefix;
  result.platlibdir = layout.platlibdir;
  result.library_name = layout.library_name;
  result.is_64bit = header.is_64bit;
  result.machine = header.machine;
  result.platform = "linux-" + machine_here();
  return result;
}

/// Asks for everything. A wrapper may have started the Python of an environment.
Interpreter ask(const base::Path& executable) {
  Interpreter result = probe(executable);
  const base::Path base = base_executable(result.executable);
  if (base != result.executable) return probe(base);
  return result;
}

/// What the Python at `executable` would say to `-VV`, where that is certain from its files: it
/// would start here, and it exports the version that it was compiled with.
std::optional<VersionAnswer> certain_version(const base::Path& executable,
                                             const InterpreterLayout& layout) {
  if (!layout.for_any_processor) return std::nullopt;
  const std::optional<LinkedProgram> program = LinkedProgram::try_link(executable);
  return program ? version_in_program(*program) : std::nullopt;
}

/// Asks for what the files do not tell: nothing, the version only, or everything.
Interpreter describe_or_ask(const base::Path& executable) {
  const std::optional<ElfHeader> header = read_elf_header(executable);
  const std::optional<InterpreterLayout> layout =
      header ? read_regular_layout(executable) : std::nullopt;
  if (layout) {
    const std::optional<VersionAnswer> certain = certain_version(executable, *layout);
    std::optional<Interpreter> result = describe(
        executable, *header, *layout, certain ? *certain : VersionQuestion(executable).answer());
    if (result) return *std::move(result);
  }
  return ask(executable);
}

/// The answer to be expected of a Python that has its headers beside it.
std::optional<VersionAnswer> version_in_headers(const InterpreterLayout& layout) {
  const std::optional<std::string> text = base::read_file_if_exists(
      layout.prefix / "include" / layout.library_name / "patchlevel.h", base::kSmallText);
  const std::optional<ReleaseVersion> version =
      text ? version_in_header(*text, layout.minor) : std::nullopt;
  if (!version) return std::nullopt;
  return VersionAnswer{.major = 3,
                       .minor = layout.minor,
                       .micro = version->micro,
                       .text = version->text,
                       .free_threaded = layout.free_threaded,
                       .is_cpython = true};
}

}  // namespace

struct ExpectedInterpreter::Question {
  Question(VersionAnswer answer, const base::Path& executable)
      : expected(std::move(answer)), question(executable) {}

  VersionAnswer expected;
  VersionQuestion question;
};

ExpectedInterpreter::ExpectedInterpreter(Interpreter interpreter,
                                         std::unique_ptr<Question> question)
    : interpreter_(std::move(interpreter)), question_(std::move(question)) {}

ExpectedInterpreter::~ExpectedInterpreter() = default;
ExpectedInterpreter::ExpectedInterpreter(ExpectedInterpreter&&) noexcept = default;
ExpectedInterpreter& ExpectedInterpreter::operator=(ExpectedInterpreter&&) noexcept = default;

std::optional<ExpectedInterpreter> ExpectedInterpreter::expect(const base::Path& path) try {
  const base::Path named = base::absolute_path(path);
  require_executable_file(named);
  const base::Path executable = base_executable(named);
  const std::optional<ElfHeader> header = read_elf_header(executable);
  const std::optional<InterpreterLayout> layout =
      header ? read_regular_layout(executable) : std::nullopt;
  if (!layout) return std::nullopt;
  const std::optional<VersionAnswer> certain = certain_version(executable, *layout);
  const std::optional<VersionAnswer> version = certain ? certain : version_in_headers(*layout);
  if (!version) return std::nullopt;
  std::optional<Interpreter> expected = describe(executable, *header, *layout, *version);
  if (!expected || !is_supported(*expected)) return std::nullopt;
  if (certain) return ExpectedInterpreter(*std::move(expected), nullptr);
  return ExpectedInterpreter(*std::move(expected),
                             std::make_unique<Question>(*version, executable));
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return std::nullopt;
}

bool ExpectedInterpreter::confirm() try {
  if (!question_) return true;
  return question_->question.answer() == question_->expected;
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return false;
}

Interpreter inspect(const base::Path& path) {
  const base::Path named = base::absolute_path(path);
  require_executable_file(named);
  const base::Path executable = base_executable(named);
  if (executable != named) require_executable_file(executable);
  Interpreter result = describe_or_ask(executable);
  require_supported(result);
  return result;
}

std::optional<Interpreter> recall(const base::Path& path, std::string_view version) {
  const base::Path executable = base::absolute_path(path);
  const std::optional<VersionAnswer> answer =
      VersionAnswer::try_parse("Python " + std::string(version));
  const std::optional<ElfHeader> header = read_elf_header(executable);
  if (!answer || !header) return std::nullopt;
  const std::optional<InterpreterLayout> layout = read_regular_layout(executable);
  if (!layout) return std::nullopt;
  VersionAnswer expected = *answer;
  expected.is_cpython = true;
  expected.free_threaded = layout->free_threaded;
  return describe(executable, *header, *layout, expected);
}

}  // namespace ensure::venv
