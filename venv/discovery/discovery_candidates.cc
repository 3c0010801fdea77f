#include "venv/discovery/discovery_candidates.h"

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "venv/discovery/version_manager.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_layout.h"

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

class Search {
 public:
  Search(const PythonRequest& request, const Surroundings& surroundings,
         const std::function<bool(const Candidate&)>& visit)
      : request_(request),
        surroundings_(surroundings),
        visit_(visit),
        rounds_(executable_names(request)),
        names_(all_names(request)) {}

  bool run() {
    if (search_directories(surroundings_.search_path, "PATH")) return true;
    const std::vector<VersionManager> announced = VersionManager::announced(surroundings_);
    managers_.insert(managers_.end(), announced.begin(), announced.end());
    for (const VersionManager& manager : managers_) {
      if (search_installations(manager.all_installations(), manager)) return true;
    }
    return search_directories(surroundings_.usual_directories, "usual directory");
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

}  // namespace

bool visit_candidates(const PythonRequest& request, const Surroundings& surroundings,
                      const std::function<bool(const Candidate&)>& visit) {
  return Search(request, surroundings, visit).run();
}

std::optional<base::Path> interpreter_in(const base::Path& directory) {
  for (const base::Path& place : {directory / "bin", directory}) {
    for (const std::string& name : all_names({})) {
      if (is_executable_file(place / name)) return place / name;
    }
  }
  return std::nullopt;
}

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

}  // namespace ensure::venv
