#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/text.h"
#include "venv/interpreter/program_facts.h"
#include "venv/interpreter/python_name.h"
#include "venv/interpreter/release_version.h"
#include "venv/root/target_root.h"

namespace ensure::venv {

namespace {

constexpr std::array<const char*, 3> kFolders{"/usr/local/bin", "/usr/bin", "/bin"};
constexpr std::array<const char*, 4> kPlainNames{"python3", "python", "pypy3", "pypy"};

base::Error error_in(const TargetRoot& root, const std::string& message) {
  return base::Error(base::ExitCode::kInterpreter, message)
      .with_context("while looking in the root `" + root.folder().text() + "`");
}

base::Error nothing_fits(const TargetRoot& root, const PythonRequest& request,
                         const std::vector<std::string>& others) {
  base::Error error =
      error_in(root, "no Python that matches " + request.description() + " was found in the root");
  if (!others.empty()) error.add_hint("these are there: " + base::join(others, ", "));
  error.add_hint("install a Python there first, or describe it with `--python-version`");
  return error;
}

/// The executables in `folders` that may be what is asked for: those with plain names, which the
/// root's users get when they type them, before those with a version in their names.
std::vector<base::Path> candidates(const TargetRoot& root, const std::vector<base::Path>& folders,
                                   const PythonRequest& request) {
  std::vector<base::Path> result;
  for (const base::Path& folder : folders) {
    if (request.program) result.push_back(folder / *request.program);
    if (request.program) continue;
    for (const char* name : kPlainNames) result.push_back(folder / name);
  }
  for (const base::Path& folder : folders) {
    for (const std::string& name : root.list(folder)) {
      const std::optional<PythonName> parsed = PythonName::try_parse(name);
      if (parsed && parsed->minor && request.may_accept(*parsed)) result.push_back(folder / name);
    }
  }
  return result;
}

/// What names say: "python3.11" of the executable itself, links followed.
std::optional<PythonName> minor_by_name(const base::Path& executable) {
  const std::optional<PythonName> name = PythonName::try_parse(executable.filename().text());
  return name && name->minor && name->major == 3U ? name : std::nullopt;
}

/// The nearest folder, from that of `executable` upwards, with the library in it.
bool find_library(const TargetRoot& root, const base::Path& executable, Interpreter& result) {
  for (base::Path folder = executable.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    for (const char* platlibdir : {"lib", "lib64"}) {
      if (!root.has_file(folder / platlibdir / result.library_name / "os.py")) continue;
      result.base_prefix = folder;
      result.base_exec_prefix = folder;
      result.platlibdir = platlibdir;
      return true;
    }
  }
  return false;
}

void set_names(Interpreter& result, const PythonName& name) {
  const bool pypy = name.implementation == "pypy";
  result.minor = name.minor.value_or(0);
  const std::string minor = std::to_string(result.minor);
  result.implementation = pypy ? "pypy" : "cpython";
  result.free_threaded = name.free_threaded;
  result.abiflags.append(name.free_threaded ? 1 : 0, 't').append(name.debug ? 1 : 0, 'd');
  result.library_name =
      (pypy ? "pypy3." : "python3.") + minor + std::string(name.free_threaded ? 1 : 0, 't');
  result.cache_tag = (pypy ? "pypy3" : "cpython-3") + minor;
}

/// Describes the executable at `path`; none where it is no Python or its library is missing.
std::optional<Interpreter> describe(const TargetRoot& root, const base::Path& path) {
  const std::optional<base::Path> real = root.resolve(path);
  const std::optional<base::Path> file = root.find_file(path);
  const std::optional<PythonName> name = real ? minor_by_name(*real) : std::nullopt;
  const std::optional<ElfHeader> header = file && name ? read_elf_header(*file) : std::nullopt;
  if (!header) return std::nullopt;

  Interpreter result;
  set_names(result, *name);
  result.executable = path;
  result.real_executable = *real;
  if (!find_library(root, *real, result)) return std::nullopt;
  const std::optional<ReleaseVersion> version = find_version_in_root(
      root, *real, result.base_prefix, result.standard_library(), result.minor);
  result.micro = version ? version->micro : 0;
  result.version = "3." + std::to_string(result.minor) + '.' + std::to_string(result.micro);
  result.version_text = version ? version->text : result.version;
  result.is_64bit = header->is_64bit;
  result.machine = header->machine;
  result.platform = "linux-" + header->machine;
  result.runs_here = false;
  return result;
}

/// Which distribution changed `sysconfig`, if any; before 3.10 it was `site` and distutils.
SchemeFlavour flavour_of(const TargetRoot& root, const Interpreter& interpreter) {
  const base::Path library = interpreter.standard_library();
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
  const base::Path marker = interpreter.standard_library() / "EXTERNALLY-MANAGED";
  if (root.has_file(marker)) {
    result.schemes.externally_managed = {
        .marker = marker, .message = externally_managed_message(root.read(marker).value_or(""))};
  }
  result.interpreter = std::move(interpreter);
  return result;
}

/// `named` is the path of an executable or of a folder with one.
RootInterpreter find_by_path(const TargetRoot& root, const base::Path& named,
                             const base::Path& prefix, const base::Path& user_base) {
  const base::Path path = base::Path("/") / named;
  std::optional<Interpreter> found = describe(root, path);
  for (const base::Path& inside : candidates(root, {path / "bin", path}, {})) {
    if (!found) found = describe(root, inside);
  }
  if (found && found->minor >= kOldestMinor) {
    return with_schemes(root, *std::move(found), prefix, user_base);
  }
  throw error_in(root, "`" + path.text() + "` in the root is no supported Python")
      .with_hint(
          "name it with `--python` as it is seen from inside the root, or describe it with "
          "`--python-version`");
}

}  // namespace

RootInterpreter find_in_root(const TargetRoot& root, const PythonRequest& request,
                             const base::Path& prefix, const base::Path& user_base) {
  if (request.path) return find_by_path(root, *request.path, prefix, user_base);
  std::vector<std::string> others;
  std::set<base::Path> seen;  // /bin is often a link to /usr/bin
  for (const base::Path& path : candidates(root, {kFolders.begin(), kFolders.end()}, request)) {
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
