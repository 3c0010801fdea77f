#include "bootstrap/target/environment_refusals.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "installer/install/installed/distribution.h"
#include "venv/interpreter/interpreter_layout.h"

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

constexpr std::uint64_t kUsualOverflowUser = 65534;

/// The user that the kernel names as owner if the user namespace does not know the real one.
std::uint64_t overflow_user() {
  const auto text = base::read_file_if_exists("/proc/sys/kernel/overflowuid", base::kSmallText);
  return text ? std::strtoull(text->c_str(), nullptr, 10) : kUsualOverflowUser;
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
  const bool is_own = status->owner == 0 || status->owner == geteuid();
  return (is_own || is_unknown_user(status->owner)) && (status->mode & kWritableByAnybody) == 0;
}

std::string version_of(const venv::ExistingEnvironment& environment) {
  return environment.configuration.version().value_or("of an unknown version");
}

}  // namespace

void refuse_foreign(const venv::ExistingEnvironment& found, const base::Path& final_path) {
  throw Error(ExitCode::kFileSystem, "`" + final_path.text() + "` is not a virtual environment (" +
                                         found.why_foreign + "); nothing was touched")
      .with_hint(
          "choose another path, or move the directory away; remove it if another tool left it "
          "incomplete");
}

void refuse_other_python(const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Path& final_path) {
  const bool same_minor = venv::is_for(environment, interpreter);
  if (same_minor && (!starts_python(environment) || leads_to(environment, interpreter))) return;
  throw Error(ExitCode::kFileSystem, "the environment `" + final_path.text() +
                                         "` is for another Python, " + version_of(environment) +
                                         ", not for `" + interpreter.executable.text() + "` (" +
                                         interpreter.version_text + ")")
      .with_hint(
          "add `--upgrade` to change it to that Python, with the packages that were requested")
      .with_hint("or `--clear` to replace it, without its packages");
}

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

void refuse_fixed(const venv::ExistingEnvironment& environment,
                  const venv::Interpreter& interpreter, const base::Path& final_path) {
  if (environment.relocatable || !venv::is_for(environment, interpreter)) return;
  if (install::find_distributions(environment.site_packages(interpreter.library_name)).empty()) {
    return;
  }
  throw Error(ExitCode::kFileSystem,
              "the environment `" + final_path.text() +
                  "` is not relocatable: the commands of its packages contain its path")
      .with_hint("add `--clear` to replace it");
}

}  // namespace ensure::bootstrap
