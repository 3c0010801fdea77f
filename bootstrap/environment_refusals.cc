#include "bootstrap/environment_refusals.h"

#include <algorithm>
#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/install/distribution.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// Whether some name of the interpreter in the environment still starts one.
bool starts_python(const venv::ExistingEnvironment& environment) {
  return std::ranges::any_of(
      environment.executables,
      [](const venv::ExistingExecutable& executable) { return executable.leads_to_file; });
}

bool leads_to(const venv::ExistingEnvironment& environment, const venv::Interpreter& interpreter) {
  return std::ranges::any_of(
      environment.executables, [&](const venv::ExistingExecutable& executable) {
        return !executable.is_link || base::real_path(environment.path / "bin" / executable.name) ==
                                          interpreter.real_executable;
      });
}

std::string version_of(const venv::ExistingEnvironment& environment) {
  return environment.configuration.version().value_or("of an unknown version");
}

}  // namespace

void refuse_foreign(const venv::ExistingEnvironment& found,
                    const std::filesystem::path& final_path) {
  throw Error(ExitCode::kFileSystem, "`" + final_path.native() +
                                         "` is not a virtual environment (" + found.why_foreign +
                                         "); nothing was touched")
      .with_hint(
          "choose another path, or move the directory away; remove it if it is what another "
          "tool left half done");
}

void refuse_other_python(const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter,
                         const std::filesystem::path& final_path) {
  const bool same_minor = venv::is_for(environment, interpreter);
  if (same_minor && (!starts_python(environment) || leads_to(environment, interpreter))) return;
  throw Error(ExitCode::kFileSystem, "the environment `" + final_path.native() +
                                         "` is for another Python, " + version_of(environment) +
                                         ", not for `" + interpreter.executable.native() + "` (" +
                                         interpreter.version_text + ")")
      .with_hint(
          "add `--upgrade` to bring it to that Python, with the packages that were requested")
      .with_hint("or `--clear` to start anew, without its packages");
}

void refuse_fixed(const venv::ExistingEnvironment& environment,
                  const venv::Interpreter& interpreter, const std::filesystem::path& final_path) {
  if (environment.relocatable || !venv::is_for(environment, interpreter)) return;
  if (install::find_distributions(environment.site_packages(interpreter.library_name)).empty()) {
    return;
  }
  throw Error(ExitCode::kFileSystem,
              "the environment `" + final_path.native() +
                  "` was not made to be moved: the commands of its packages name its path")
      .with_hint("add `--clear` to make it anew");
}

}  // namespace ensure::bootstrap
