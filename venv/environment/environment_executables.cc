#include "venv/environment/environment_executables.h"

#include <algorithm>
#include <optional>

#include "installer/base/files.h"

namespace ensure::venv {

namespace {

using Kind = EnvironmentPart::Kind;
using Role = EnvironmentPart::Role;

/// Adds a file, or a folder with all that is in it. Links are followed, and those that lead nowhere
/// left out.
void add_copy(std::vector<EnvironmentPart>& parts, const base::Path& source,
              const std::string& name) {
  const std::optional<base::FileStatus> status = base::file_status(source);
  if (!status) return;
  if (status->type == base::FileType::kRegular) {
    const mode_t mode = status->is_executable_file() ? 0777 : 0666;
    parts.push_back({Kind::kCopy, Role::kExecutable, name, source.text(), mode});
  }
  if (status->type != base::FileType::kDirectory) return;
  parts.push_back({Kind::kFolder, Role::kExecutable, name, "", 0777});
  for (const std::string& entry : base::list_directory(source)) {
    add_copy(parts, source / entry, (base::Path(name) / entry).text());
  }
}

/// What the portable builds of PyPy load from beside themselves. `venv` of PyPy copies all of
/// "../lib", which for a PyPy in /usr/bin is the whole of /usr/lib.
void add_pypy_libraries(std::vector<EnvironmentPart>& parts, const Interpreter& interpreter) {
  const base::Path bin = interpreter.real_executable.parent_path();
  const std::string library = "lib" + interpreter.library_name + "-c.so";
  if (!base::file_status(bin / library)) return;
  parts.push_back({Kind::kCopy, Role::kExecutable, "bin/" + library, (bin / library).text(), 0777});
  const base::Path lib = bin.parent_path() / "lib";
  if (!base::file_status(lib)) return;
  for (const std::string& entry : base::list_directory(lib)) {
    const bool needed = entry.find(".so") != std::string::npos || entry.starts_with("tcl") ||
                        entry.starts_with("tk");
    if (needed) add_copy(parts, lib / entry, "lib/" + entry);
  }
}

/// Whether `venv --copies` of this interpreter creates links nevertheless. PyPy's does so
/// since 3.11 if its executable is a link, because a copy would not find its library.
bool stays_a_link(const Interpreter& interpreter) {
  if (interpreter.implementation != "pypy" || interpreter.minor < 11) return false;
  const auto status = base::link_status(interpreter.executable);
  return status && status->type == base::FileType::kLink;
}

}  // namespace

std::vector<std::string> executable_names(const Interpreter& interpreter) {
  std::vector<std::string> names = {interpreter.executable.filename().text(), "python", "python3"};
  if (interpreter.minor >= 9) names.push_back("python3." + std::to_string(interpreter.minor));
  if (interpreter.implementation == "pypy") names.insert(names.end(), {"pypy3", "pypy"});
  // CPython celebrates its version number.
  const bool pi = interpreter.implementation == "cpython" && interpreter.minor == 14;
  if (pi) names.emplace_back("\U0001d70bthon");
  const auto again = std::find(names.begin() + 1, names.end(), names.front());
  if (again != names.end()) names.erase(again);
  return names;
}

void add_executables(std::vector<EnvironmentPart>& parts, const Interpreter& interpreter,
                     bool copies) {
  const std::vector<std::string> names = executable_names(interpreter);
  if (copies && stays_a_link(interpreter)) {
    for (const std::string& name : names) {
      parts.push_back({Kind::kLink, Role::kExecutable, "bin/" + name,
                       interpreter.real_executable.text(), 0777});
    }
    return;
  }
  for (const std::string& name : names) {
    const bool is_first = name == names.front();
    const std::string target = copies || is_first ? interpreter.executable.text() : names.front();
    parts.push_back(
        {copies ? Kind::kCopy : Kind::kLink, Role::kExecutable, "bin/" + name, target, 0777});
  }
  if (copies && interpreter.implementation == "pypy") add_pypy_libraries(parts, interpreter);
}

}  // namespace ensure::venv
