#include "venv/discovery/discovery.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/text.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

/// Names with a minor version are tried up to here; looking is cheaper than listing `/usr/bin`.
constexpr std::uint32_t kNewestMinor = 24;

using Names = std::vector<std::string>;

/// "python3.12", "python3.12t": the requested minor version, or all, the newest first.
Names versioned_names(const std::string& start, const PythonRequest& request) {
  const std::uint32_t oldest = request.minor.value_or(kOldestMinor);
  const std::uint32_t newest = request.minor.value_or(kNewestMinor);
  const bool pypy = start == "pypy";
  Names names;
  for (std::uint32_t minor = newest; minor >= oldest; --minor) {
    const std::string name = start + "3." + std::to_string(minor);
    if (pypy || request.free_threaded != true) names.push_back(name);
    if (!pypy && request.free_threaded != false) names.push_back(name + "t");
  }
  return names;
}

/// The names that a match may have, in rounds: all of PATH is searched for the names of one round
/// before those of the next. Without a requested minor version, plain names come first: the user
/// gets the same Python by typing them.
std::vector<Names> executable_names(const PythonRequest& request) {
  if (request.program) return {{*request.program}};
  const Names plain = request.implementation == "pypy" ? Names{"pypy3", "pypy", "python3", "python"}
                                                       : Names{"python3", "python"};
  Names versioned;
  if (request.implementation != "pypy") versioned = versioned_names("python", request);
  Names others;
  if (request.implementation != "cpython") {
    others = {"pypy3", "pypy"};
    const Names names = versioned_names("pypy", request);
    others.insert(others.end(), names.begin(), names.end());
  }
  if (!request.minor) return {plain, versioned, others};
  versioned.insert(versioned.end(), plain.begin(), plain.end());
  return {versioned, others};
}

Names all_names(const PythonRequest& request) {
  Names all;
  for (const Names& names : executable_names(request)) {
    all.insert(all.end(), names.begin(), names.end());
  }
  return all;
}

/// Judges an executable by its name and by the name of its target.
bool may_fit(const base::Path& executable, const PythonRequest& request) {
  const std::optional<base::Path> real = base::real_path(executable);
  if (!real) return false;
  for (const std::string& text : {executable.filename().text(), real->filename().text()}) {
    const std::optional<PythonName> name = PythonName::try_parse(text);
    if (name && !request.may_accept(*name)) return false;
  }
  // PyPy calls itself "python" too, but only by links.
  const bool is_cpython = real->filename().text().starts_with("python");
  return request.implementation != "pypy" || !is_cpython;
}

/// Whether a version manager's directory, such as "3.9.18", may contain a match.
bool may_hold(const base::Path& installation, const PythonRequest& request) {
  const std::string directory = installation.filename().text();
  const bool number = !directory.empty() && directory.front() >= '0' && directory.front() <= '9';
  const std::optional<PythonName> name = PythonName::try_parse(
      number ? "python" + directory : directory.substr(0, directory.find('-')));
  if (!name) return true;
  if (request.micro && name->micro && *request.micro != *name->micro) return false;
  return request.may_accept(*name);
}

/// An executable file that may match a request, judged by names alone.
struct Candidate {
  base::Path executable;
  std::string source;  ///< as in `FoundInterpreter`
};

/// Calls `visit` for each candidate for `request`, the best first and each real file once, until it
/// returns true. Nothing is run.
class Search {
 public:
  Search(const PythonRequest& request, const Surroundings& surroundings,
         const std::function<bool(const Candidate&)>& visit)
      : request_(request),
        surroundings_(surroundings),
        visit_(visit),
        rounds_(executable_names(request)),
        names_(all_names(request)) {}

  void run() {
    if (search_directories(surroundings_.search_path, "PATH")) return;
    const std::vector<VersionManager> announced = VersionManager::announced(surroundings_);
    managers_.insert(managers_.end(), announced.begin(), announced.end());
    for (const VersionManager& manager : managers_) {
      if (search_installations(manager.all_installations(), manager)) return;
    }
    search_directories(surroundings_.usual_directories, "usual directory");
  }

 private:
  bool search_directories(const std::vector<base::Path>& directories, const std::string& source) {
    for (const Names& names : rounds_) {
      for (const base::Path& directory : directories) {
        if (search_directory(directory, names, source)) return true;
      }
    }
    return false;
  }

  bool search_directory(const base::Path& directory, const Names& names,
                        const std::string& source) {
    for (const std::string& name : names) {
      const base::Path path = directory / name;
      if (!is_executable_file(path)) continue;
      const std::optional<VersionManager> manager = VersionManager::of_shim(path, surroundings_);
      if (manager ? search_shim(*manager) : offer(path, source)) return true;
    }
    return false;
  }

  /// One shim is enough to know all installations of its manager: the selected ones are searched in
  /// PATH's order, the others now if a certain version is requested, and else after PATH.
  bool search_shim(const VersionManager& manager) {
    if (!known_.insert(manager.installations).second) return false;
    if (search_installations(manager.selected_installations(), manager)) return true;
    if (request_.minor || request_.range || request_.implementation) {
      return search_installations(manager.all_installations(), manager);
    }
    managers_.push_back(manager);
    return false;
  }

  bool search_installations(const std::vector<base::Path>& installations,
                            const VersionManager& manager) {
    for (const base::Path& installation : installations) {
      if (!may_hold(installation, request_)) continue;
      for (const std::string& name : names_) {
        const base::Path path = installation / "bin" / name;
        if (is_executable_file(path) && offer(path, manager.name)) return true;
      }
    }
    return false;
  }

  /// Visits the file unless its name rules it out or it was seen before.
  bool offer(const base::Path& path, const std::string& source) {
    if (!may_fit(path, request_)) return false;
    if (!seen_.insert(base::real_path(path).value_or(path)).second) return false;
    return visit_({.executable = path, .source = source});
  }

  const PythonRequest& request_;
  const Surroundings& surroundings_;
  const std::function<bool(const Candidate&)>& visit_;
  std::vector<Names> rounds_;
  Names names_;                           ///< of all rounds
  std::vector<VersionManager> managers_;  ///< searched when PATH has no answer
  std::set<base::Path> known_;            ///< where managers install, once their shims were seen
  std::set<base::Path> seen_;
};

/// The interpreter in a directory that is an environment, an installation or a `bin` directory.
std::optional<base::Path> interpreter_in(const base::Path& directory) {
  for (const base::Path& place : {directory / "bin", directory}) {
    for (const std::string& name : all_names({})) {
      if (is_executable_file(place / name)) return place / name;
    }
  }
  return std::nullopt;
}

/// The program at `path` itself, or, if it is a shim of a version manager, the program that the
/// shim would start for `request`. Returns nullopt if the manager has no matching version.
std::optional<base::Path> behind_shim(const base::Path& path, const PythonRequest& request,
                                      const Surroundings& surroundings) {
  const std::optional<VersionManager> manager = VersionManager::of_shim(path, surroundings);
  if (!manager) return path;
  const std::string name = path.filename().text();
  for (const std::vector<base::Path>& installations :
       {manager->selected_installations(), manager->all_installations()}) {
    for (const base::Path& installation : installations) {
      base::Path program = installation / "bin" / name;
      if (may_hold(installation, request) && is_executable_file(program) &&
          may_fit(program, request)) {
        return program;
      }
    }
  }
  return std::nullopt;
}

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
  Search(request, surroundings, [&](const Candidate& candidate) {
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
  }).run();
  if (!result) throw nothing_fits(request, surroundings, rejected);
  return *std::move(result);
}

std::optional<ExpectedInterpreter> expect_interpreter(const PythonRequest& request,
                                                      const Surroundings& surroundings) {
  if (const std::optional<base::Path> named = named_path(request, surroundings)) {
    return ExpectedInterpreter::expect(program_at(*named, request, surroundings));
  }
  std::optional<ExpectedInterpreter> result;
  Search(request, surroundings, [&](const Candidate& candidate) {
    result = ExpectedInterpreter::expect(candidate.executable);
    if (result && !request.accepts(result->interpreter())) result.reset();
    return true;
  }).run();
  return result;
}

InterpreterList list_interpreters(const Surroundings& surroundings) {
  InterpreterList list;
  std::set<base::Path> seen;
  Search({}, surroundings, [&](const Candidate& candidate) {
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
  }).run();
  return list;
}

}  // namespace ensure::venv
