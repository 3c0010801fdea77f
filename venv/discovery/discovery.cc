#include "venv/discovery/discovery.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/text.h"
#include "venv/discovery/discovery_candidates.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_layout.h"

namespace ensure::venv {

namespace {

base::Error not_found(std::string message) {
  return {base::ExitCode::kInterpreter, std::move(message)};
}

std::string quoted(const std::vector<base::Path>& paths) {
  std::vector<std::string> parts;
  parts.reserve(paths.size());
  for (const base::Path& path : paths) parts.push_back("`" + path.text() + "`");
  return base::join(parts, ", ");
}

std::string label(const Interpreter& interpreter) {
  const std::string start =
      interpreter.implementation == "cpython" ? "" : interpreter.implementation;
  return start + interpreter.version + (interpreter.free_threaded ? "t" : "");
}

/// "3.12.1 (`/usr/bin/python3`), pypy3.9.16 (…)".
std::string described(const std::vector<FoundInterpreter>& found) {
  std::vector<std::string> parts;
  parts.reserve(found.size());
  for (const FoundInterpreter& one : found) {
    parts.push_back(label(one.interpreter) + " (`" + one.interpreter.executable.text() + "`)");
  }
  return base::join(parts, ", ");
}

/// The request that the user may have meant.
std::optional<std::string> nearest_version(const PythonRequest& request,
                                           const std::vector<FoundInterpreter>& found) {
  // "3.1" is rather a part of "3.12" than a version of its own.
  const auto distance = [&](const FoundInterpreter& one) {
    const Interpreter& interpreter = one.interpreter;
    const bool other = interpreter.implementation != request.implementation.value_or("cpython");
    const bool is_start = interpreter.version.starts_with(request.text);
    const std::uint32_t minor = interpreter.minor;
    const std::uint32_t between =
        minor > *request.minor ? minor - *request.minor : *request.minor - minor;
    return std::tuple(other, !is_start, between);
  };
  if (found.empty()) return std::nullopt;
  if (request.program) {
    std::vector<std::string> names{"python3", "python", "pypy3"};
    for (const FoundInterpreter& one : found) {
      names.push_back("python3." + std::to_string(one.interpreter.minor));
    }
    return base::nearest(*request.program, names);
  }
  if (!request.minor) return std::nullopt;
  return label(std::ranges::min_element(found, [&](const FoundInterpreter& left,
                                                   const FoundInterpreter& right) {
                 return distance(left) < distance(right);
               })->interpreter);
}

bool is_too_old(const PythonRequest& request) {
  if (!request.major) return false;
  return *request.major < 3 ||
         (*request.major == 3 && request.minor.value_or(kOldestMinor) < kOldestMinor);
}

/// Names the searched directories, the interpreters that exist and the nearest request.
base::Error nothing_fits(const PythonRequest& request, const Surroundings& surroundings,
                         const std::vector<base::Error>& rejected) {
  base::Error error = not_found(
      request.text.empty()
          ? "no supported Python (3." + std::to_string(kOldestMinor) + " or newer) was found"
          : "no Python that matches " + request.description() + " was found");
  std::vector<base::Path> places = surroundings.search_path;
  places.insert(places.end(), surroundings.usual_directories.begin(),
                surroundings.usual_directories.end());
  error.add_context("while looking in " + quoted(places));
  if (is_too_old(request)) {
    error.add_context("Python 3." + std::to_string(kOldestMinor) +
                      " is the oldest that is supported");
  }
  for (const base::Error& one : rejected) error.add_context("left out: " + one.message());

  const InterpreterList list = list_interpreters(surroundings);
  if (const std::optional<std::string> nearest = nearest_version(request, list.found)) {
    error.add_hint("did you mean `--python " + *nearest + "`?");
  }
  error.add_hint(list.found.empty() ? "install a Python, or name one by its path with `--python`"
                                    : "this machine has " + described(list.found));
  return error;
}

/// The path that `request` names. The name of a program may also be that of a directory.
std::optional<base::Path> named_path(const PythonRequest& request,
                                     const Surroundings& surroundings) {
  if (request.path) return request.path;
  if (request.program && directory_exists(surroundings.current_directory / *request.program)) {
    return surroundings.current_directory / *request.program;
  }
  return std::nullopt;
}

/// The interpreter at `named`, the path of an executable or of a directory with one.
base::Path program_at(const base::Path& named, const PythonRequest& request,
                      const Surroundings& surroundings) {
  base::Path path = base::absolute_path(named);
  if (directory_exists(path)) {
    const std::optional<base::Path> inside = interpreter_in(path);
    if (!inside) {
      throw not_found("`" + path.text() + "` is a directory without a Python in it or in its `bin`")
          .with_hint("name an executable, an environment or the prefix of an installation");
    }
    path = *inside;
  }
  const std::optional<base::Path> program =
      is_executable_file(path) ? behind_shim(path, request, surroundings) : path;
  if (!program) {
    throw not_found("`" + path.text() + "` is a shim, and its version manager has no such Python")
        .with_hint("install that version, or name another one; `ensure python list` shows them");
  }
  return *program;
}

}  // namespace

FoundInterpreter find_interpreter(const PythonRequest& request, const Surroundings& surroundings) {
  if (const std::optional<base::Path> named = named_path(request, surroundings)) {
    const base::Path program = program_at(*named, request, surroundings);
    return {.interpreter = inspect(program),
            .source = "--python",
            .environment = environment_of(program)};
  }
  std::optional<FoundInterpreter> result;
  std::vector<base::Error> rejected;
  visit_candidates(request, surroundings, [&](const Candidate& candidate) {
    try {
      Interpreter interpreter = inspect(candidate.executable);
      if (!request.accepts(interpreter)) return false;
      result = FoundInterpreter{.interpreter = std::move(interpreter),
                                .source = candidate.source,
                                .environment = environment_of(candidate.executable)};
      return true;
    } catch (const base::Error& error) {
      if (error.exit_code() != base::ExitCode::kInterpreter) throw;
      rejected.push_back(error);
      return false;
    }
  });
  if (!result) throw nothing_fits(request, surroundings, rejected);
  return *std::move(result);
}

std::optional<ExpectedInterpreter> expect_interpreter(const PythonRequest& request,
                                                      const Surroundings& surroundings) {
  if (const std::optional<base::Path> named = named_path(request, surroundings)) {
    return ExpectedInterpreter::expect(program_at(*named, request, surroundings));
  }
  std::optional<ExpectedInterpreter> result;
  visit_candidates(request, surroundings, [&](const Candidate& candidate) {
    result = ExpectedInterpreter::expect(candidate.executable);
    if (result && !request.accepts(result->interpreter())) result.reset();
    return true;
  });
  return result;
}

InterpreterList list_interpreters(const Surroundings& surroundings) {
  InterpreterList list;
  std::set<base::Path> seen;
  visit_candidates({}, surroundings, [&](const Candidate& candidate) {
    try {
      const base::Path base = base_executable(candidate.executable);
      if (!seen.insert(base::real_path(base).value_or(base)).second) return false;
      Interpreter interpreter = inspect(base);
      if (interpreter.real_executable == base::real_path(base) ||
          seen.insert(interpreter.real_executable).second) {
        list.found.push_back({.interpreter = std::move(interpreter), .source = candidate.source});
      }
    } catch (const base::Error& error) {
      if (error.exit_code() != base::ExitCode::kInterpreter) throw;
      list.rejected.push_back(error);
    }
    return false;
  });
  return list;
}

}  // namespace ensure::venv
