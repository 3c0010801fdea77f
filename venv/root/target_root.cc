#include "venv/root/target_root.h"

#include <deque>
#include <set>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/text.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

constexpr int kMostLinks = 40;  // the limit of the kernel

/// Puts the components of `path` in front of those that are still to be walked.
void push_components(std::deque<base::Path>& rest, const base::Path& path) {
  std::deque<base::Path> components;
  for (const base::Path& component : path.relative_path()) {
    if (!component.empty() && component != ".") components.push_back(component);
  }
  rest.insert(rest.begin(), components.begin(), components.end());
}

base::Error error_in(const TargetRoot& root, const std::string& message) {
  return base::Error(base::ExitCode::kInterpreter, message)
      .with_context("while looking in the root `" + root.directory().text() + "`");
}

base::Error nothing_fits(const TargetRoot& root, const PythonRequest& request,
                         const std::vector<std::string>& others) {
  base::Error error =
      error_in(root, "no Python that matches " + request.description() + " was found in the root");
  if (!others.empty()) error.add_hint("the root has " + base::join(others, ", "));
  error.add_hint("install a Python there first, or describe it with `--python-version`");
  return error;
}

/// The executables in `directories` that may match: those with plain names, which the root's users
/// get when they type them, before those with a version in their names.
std::vector<base::TargetPath> candidates(const TargetRoot& root,
                                         const std::vector<base::TargetPath>& directories,
                                         const PythonRequest& request) {
  std::vector<std::string> names{"python3", "python", "pypy3", "pypy"};
  if (request.program) names = {*request.program};
  std::vector<base::TargetPath> result;
  for (const base::TargetPath& directory : directories) {
    for (const std::string& name : names) result.push_back(directory / name);
  }
  for (const base::TargetPath& directory : directories) {
    for (const std::string& name : root.list(directory)) {
      const std::optional<PythonName> parsed = PythonName::try_parse(name);
      if (parsed && parsed->minor && request.may_accept(*parsed)) {
        result.push_back(directory / name);
      }
    }
  }
  return result;
}

/// Sets the prefix to the nearest directory, from that of `executable` upwards, that has the
/// library.
bool find_library(const TargetRoot& root, const base::TargetPath& executable, Interpreter& result) {
  for (base::TargetPath directory = executable.parent_path(); directory != directory.parent_path();
       directory = directory.parent_path()) {
    for (const char* platlibdir : {"lib", "lib64"}) {
      if (!root.has_file(directory / platlibdir / result.library_name / "os.py")) continue;
      result.base_prefix = directory.without_root();
      result.platlibdir = platlibdir;
      return true;
    }
  }
  return false;
}

/// The files with compiled code that may contain the version: the executable, and libpython beside
/// the library.
std::vector<base::TargetPath> binaries(const TargetRoot& root, const Interpreter& interpreter) {
  std::vector<base::TargetPath> result{base::TargetPath(interpreter.real_executable)};
  const std::string name = "libpython3." + std::to_string(interpreter.minor);
  for (const char* library : {"lib", "lib64"}) {
    const base::TargetPath directory(interpreter.base_prefix / library);
    for (const std::string& entry : root.list(directory)) {
      const base::TargetPath path = directory / entry;
      if (entry.starts_with(name) && entry.find(".so") != std::string::npos) result.push_back(path);
      // Debian has a directory for each architecture: lib/x86_64-linux-gnu.
      if (entry.find("-linux-") == std::string::npos) continue;
      for (const char* end : {".so.1.0", "t.so.1.0"}) result.push_back(path / (name + end));
    }
  }
  return result;
}

std::optional<ReleaseVersion> find_version(const TargetRoot& root, const Interpreter& interpreter) {
  const base::TargetPath library(interpreter.standard_library());
  std::optional<ReleaseVersion> version;
  if (const auto details = root.read(library / "build-details.json")) {
    version = version_in_build_details(*details, interpreter.minor);
  }
  for (const base::TargetPath& path : binaries(root, interpreter)) {
    const std::optional<base::Path> file = version ? std::nullopt : root.find_file(path);
    if (file) version = version_in_binary(base::MappedFile(*file).bytes(), interpreter.minor);
  }
  if (version) return version;
  const auto header = root.read(base::TargetPath(interpreter.base_prefix) / "include" /
                                library.filename() / "patchlevel.h");
  return header ? version_in_header(*header, interpreter.minor) : std::nullopt;
}

/// Describes the executable at `path`. Returns nullopt if it is not a Python or has no library.
std::optional<Interpreter> describe(const TargetRoot& root, const base::TargetPath& path) {
  const std::optional<base::TargetPath> real = root.resolve(path);
  const std::optional<base::Path> file = root.find_file(path);
  // The name of the executable itself has the minor version: "python3.11".
  const std::optional<PythonName> name =
      file ? PythonName::try_parse(real->filename().text()) : std::nullopt;
  if (!name || name->major != 3U || !name->minor) return std::nullopt;
  const std::optional<ProgramFacts> facts = read_program_facts(*file);
  if (!facts) return std::nullopt;

  Interpreter result;
  result.implementation = name->implementation == "pypy" ? "pypy" : "cpython";
  const ReleaseVersion version = ReleaseVersion::final_release(*name->minor);
  result.set_build(version, name->free_threaded, name->debug);
  // `Interpreter` names the files as its own system sees them.
  result.executable = path.without_root();
  result.real_executable = real->without_root();
  if (!find_library(root, *real, result)) return std::nullopt;
  result.set_version(find_version(root, result).value_or(version));
  result.is_64bit = facts->is_64bit;
  result.machine = facts->machine;
  result.platform = "linux-" + facts->machine;
  result.runs_here = false;
  return result;
}

/// The distribution that changed `sysconfig`; before 3.10 it changed `site` and distutils.
SchemeFlavour flavour_of(const TargetRoot& root, const Interpreter& interpreter) {
  const base::TargetPath library(interpreter.standard_library());
  std::string text = root.read(library / "sysconfig.py").value_or("");
  if (text.empty()) text = root.read(library / "sysconfig/__init__.py").value_or("");
  if (text.find("'posix_local'") != std::string::npos) return SchemeFlavour::kDebian;
  if (text.find("'rpm_prefix'") != std::string::npos) return SchemeFlavour::kFedora;
  const std::string site = root.read(library / "site.py").value_or("");
  return site.find("dist-packages") != std::string::npos ? SchemeFlavour::kDebian
                                                         : SchemeFlavour::kUpstream;
}

RootInterpreter with_schemes(const TargetRoot& root, Interpreter interpreter,
                             const base::Path& prefix, const base::Path& user_base) {
  RootInterpreter result;
  result.flavour = flavour_of(root, interpreter);
  result.schemes = describe_install_schemes(interpreter, result.flavour, prefix, user_base);
  const base::TargetPath marker(interpreter.standard_library() / "EXTERNALLY-MANAGED");
  if (root.has_file(marker)) {
    result.schemes.externally_managed = {
        .marker = marker.without_root(),
        .message = externally_managed_message(root.read(marker).value_or(""))};
  }
  result.interpreter = std::move(interpreter);
  return result;
}

/// Finds the interpreter at `named`, the path of an executable or of a directory that contains one.
Interpreter describe_named(const TargetRoot& root, const base::Path& named) {
  const base::TargetPath path(base::Path("/") / named);
  std::optional<Interpreter> found = describe(root, path);
  for (const base::TargetPath& inside : candidates(root, {path / "bin", path}, {})) {
    if (!found) found = describe(root, inside);
  }
  if (found && found->minor >= kOldestMinor) return *std::move(found);
  throw error_in(root, "`" + path.text() + "` in the root is no supported Python")
      .with_hint(
          "name it with `--python` as it is seen from inside the root, or describe it with "
          "`--python-version`");
}

}  // namespace

TargetRoot::TargetRoot(base::Path directory) : directory_(std::move(directory)) {}

std::optional<base::TargetPath> TargetRoot::resolve(const base::TargetPath& path) const try {
  std::deque<base::Path> rest;
  push_components(rest, path.text());
  base::TargetPath resolved("/");
  int links = 0;
  while (!rest.empty()) {
    const base::Path component = std::move(rest.front());
    rest.pop_front();
    if (component == "..") {
      resolved = resolved.parent_path();  // that of "/" is "/"
      continue;
    }
    const base::TargetPath next = resolved / component;
    const std::optional<base::FileStatus> status = base::link_status(on_this_system(next));
    if (!status) return std::nullopt;
    if (status->type != base::FileType::kLink) {
      resolved = next;
      continue;
    }
    const std::optional<base::Path> target = base::read_link(on_this_system(next));
    if (!target || ++links > kMostLinks) return std::nullopt;
    if (target->is_absolute()) resolved = base::TargetPath("/");
    push_components(rest, *target);
  }
  return resolved;
} catch (const base::FileError&) {
  return std::nullopt;  // a directory on the way may not be entered
}

std::optional<base::TargetPath> TargetRoot::resolve_directory_of(
    const base::TargetPath& path) const {
  const std::optional<base::TargetPath> directory = resolve(path.parent_path());
  return directory ? std::optional(*directory / path.filename()) : std::nullopt;
}

std::optional<base::Path> TargetRoot::find_file(const base::TargetPath& path) const {
  const std::optional<base::TargetPath> resolved = resolve(path);
  if (!resolved) return std::nullopt;
  base::Path result = on_this_system(*resolved);
  return is_file(result) ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::string> TargetRoot::read(const base::TargetPath& path) const {
  const std::optional<base::Path> file = find_file(path);
  return file ? read_if_readable(*file) : std::nullopt;
}

std::vector<std::string> TargetRoot::list(const base::TargetPath& path) const {
  const std::optional<base::TargetPath> resolved = resolve(path);
  if (!resolved || !directory_exists(on_this_system(*resolved))) return {};
  return base::list_directory(on_this_system(*resolved));
}

base::Path TargetRoot::on_this_system(const base::TargetPath& resolved) const {
  return directory_ / base::Path(resolved.text()).relative_path();
}

RootInterpreter find_in_root(const TargetRoot& root, const PythonRequest& request,
                             const base::Path& prefix, const base::Path& user_base) {
  if (request.path) {
    return with_schemes(root, describe_named(root, *request.path), prefix, user_base);
  }
  std::vector<std::string> others;
  std::set<base::Path> seen;  // /bin is often a link to /usr/bin
  for (const base::TargetPath& path :
       candidates(root, {"/usr/local/bin", "/usr/bin", "/bin"}, request)) {
    std::optional<Interpreter> found = describe(root, path);
    if (!found) continue;
    if (found->minor >= kOldestMinor && request.accepts(*found)) {
      return with_schemes(root, *std::move(found), prefix, user_base);
    }
    if (!seen.insert(found->real_executable).second) continue;
    others.push_back(found->version + " (`" + path.text() + "`)");
  }
  throw nothing_fits(root, request, others);
}

}  // namespace ensure::venv
