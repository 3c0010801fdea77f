#include "installer/install/wheel/compile_bytecode.h"

#include <chrono>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::install {

namespace {

std::string last_line(std::string_view text) {
  const std::string_view trimmed = base::trim(text);
  return std::string(trimmed.substr(trimmed.rfind('\n') + 1));
}

}  // namespace

bool compile_bytecode(const BytecodeRequest& request) {
  constexpr std::chrono::hours kTimeout(1);
  std::vector<std::string> arguments = request.interpreter;
  // Without `site` and the user's directories, so that only the standard library runs; `-j 0` uses
  // all processors.
  for (const char* const argument : {"-I", "-S", "-m", "compileall", "-q", "-j", "0"}) {
    arguments.emplace_back(argument);
  }
  arguments.insert(arguments.end(), {"-s", request.staged.text(), "-p", request.final_path.text()});
  for (const base::Path& directory : request.directories) {
    arguments.push_back(directory.text());
  }
  base::Process process(arguments, request.environment);
  const base::ProcessResult result = process.wait(kTimeout);
  constexpr int kSomeFailed = 1;
  if (result.succeeded()) return true;
  // Syntax errors are on the standard output; an error that stops Python is not.
  if (!result.timed_out && result.exit_code == kSomeFailed && !result.output.empty()) return false;
  throw base::Error(
      base::ExitCode::kInterpreter,
      "`" + arguments.front() + "` cannot compile modules: " + last_line(result.error_output))
      .with_hint("omit `--compile-bytecode`; Python compiles modules when they are imported");
}

}  // namespace ensure::install
