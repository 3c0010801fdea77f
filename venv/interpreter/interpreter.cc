#include "venv/interpreter/interpreter.h"

#include <functional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/process.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter_probe.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace ensure::venv {

namespace {

void require_executable_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::file_status(path);
  if (!status) {
    throw unusable(path,
                   base::link_status(path) ? "is a link that leads nowhere" : "does not exist");
  }
  if (status->type == base::FileType::kDirectory) {
    throw unusable(path, "is a directory, not an interpreter");
  }
  if (!status->is_executable_file()) throw unusable(path, "is not an executable file");
}

/// The executable of the Python at `path`, or of the one that its environment was made from.
base::Path find_executable(const base::Path& path) {
  const base::Path named = base::absolute_path(path);
  require_executable_file(named);
  base::Path executable = base_executable(named);
  if (executable != named) require_executable_file(executable);
  return executable;
}

/// Gives a CPython in the usual layout its full version; returns nullopt if that does not fit.
std::optional<Interpreter> with_version(std::optional<Interpreter> python,
                                        const std::optional<ReleaseVersion>& version) {
  if (!python || !version || version->major != 3 || version->minor != python->minor) {
    return std::nullopt;
  }
  python->set_version(*version);
  return python;
}

/// The version in the headers beside a CPython, or else in the executable.
std::optional<ReleaseVersion> version_in_files(const Interpreter& python) {
  const std::optional<std::string> header =
      read_if_readable(python.base_prefix / "include" / python.library_name / "patchlevel.h");
  std::optional<ReleaseVersion> version =
      header ? version_in_header(*header, python.minor) : std::nullopt;
  if (version) return version;
  return version_in_binary(base::MappedFile(python.executable).bytes(), python.minor);
}

/// Asks a CPython in the usual layout for its version. Returns nullopt if the answer does not fit.
std::optional<Interpreter> ask_for_version(const base::Path& executable) {
  std::optional<Interpreter> python = read_regular_layout(executable);
  if (!python) return std::nullopt;
  const std::optional<VersionAnswer> answer = VersionQuestion(executable).answer();
  if (!answer || !answer->is_cpython || answer->free_threaded != python->free_threaded) {
    return std::nullopt;
  }
  return with_version(std::move(python), answer->version);
}

Interpreter ask_for_everything(const base::Path& executable) {
  const Interpreter result = probe(executable);
  // A wrapper may have started the Python of an environment.
  const base::Path base = base_executable(result.executable);
  return base == result.executable ? result : probe(base);
}

constexpr int kMostLinks = 40;

/// Follows links in the last component only, as getpath does. Returns nullopt if a target climbs
/// with "..": interpreters older than 3.11 do not normalize such paths.
std::optional<base::Path> follow_links(base::Path path) {
  for (int count = 0; count < kMostLinks; ++count) {
    const std::optional<base::FileStatus> status = base::link_status(path);
    if (!status) return std::nullopt;
    if (status->type != base::FileType::kLink) return path;
    const std::optional<base::Path> target = base::read_link(path);
    if (!target) return std::nullopt;
    for (const base::Path& component : *target) {
      if (component == ".." || component == ".") return std::nullopt;
    }
    path = path.parent_path() / *target;
  }
  return std::nullopt;
}

/// The nearest directory, from `directory` upwards, for which `test` holds. The root directory is
/// excluded: Pythons of different age call a prefix there "/" or "".
std::optional<base::Path> search_up(base::Path directory,
                                    const std::function<bool(const base::Path&)>& test) {
  for (; directory.has_relative_path(); directory = directory.parent_path()) {
    if (test(directory)) return directory;
  }
  return std::nullopt;
}

/// Whether getpath takes another way than usual: in a build directory, or with a `._pth` file.
bool is_special_place(const base::Path& executable, const base::Path& real) {
  const base::Path directory = real.parent_path();
  return is_file(directory / "pybuilddir.txt") || is_file(directory / "Modules/Setup.local") ||
         is_file(executable.text() + "._pth") || is_file(real.text() + "._pth");
}

/// Whether the executable is Python's own `main`, not a compiled wrapper that starts another one.
/// Its table of dynamic symbols names the function, whether libpython is linked in or not.
bool calls_python_main(const base::Path& real) {
  const base::MappedFile file(real);
  return file.bytes().find("Py_BytesMain") != std::string_view::npos;
}

/// The prefix that has the library in `platlibdir`, if that is in one of the two possible places.
std::optional<base::Path> find_library(const base::Path& directory, const std::string& library_name,
                                       std::string& platlibdir) {
  const auto search = [&](std::string_view name) {
    return search_up(directory, [&](const base::Path& parent) {
      return is_file(parent / name / library_name / "os.py");
    });
  };
  std::optional<base::Path> with_lib = search("lib");
  std::optional<base::Path> with_lib64 = search("lib64");
  platlibdir = with_lib ? "lib" : "lib64";
  if (!with_lib) return with_lib64;
  const bool ambiguous = with_lib64 && !is_same_file(*with_lib64 / "lib64" / library_name,
                                                     *with_lib / "lib" / library_name);
  if (ambiguous) return std::nullopt;
  return with_lib;
}

bool has_zipped_library(const base::Path& directory, const Interpreter& python) {
  const std::string zip = "python3" + std::to_string(python.minor) + python.abiflags + ".zip";
  const auto has_zip = [&](const base::Path& parent) {
    return is_file(parent / python.platlibdir / zip);
  };
  return search_up(directory, has_zip).has_value();
}

/// Whether the record of the build (`_sysconfigdata_{abiflags}_…`) agrees with the layout: the
/// directory is not shared with a debug build, and the library directory is the one compiled in.
/// Debian's python3-minimal has no such record.
bool matches_build_record(const Interpreter& python) {
  const base::Path library = python.standard_library();
  constexpr std::string_view kStart = "_sysconfigdata_";
  for (const std::string& name : base::list_directory(library)) {
    if (!name.starts_with(kStart) || !name.ends_with(".py")) continue;
    const std::string_view rest = std::string_view(name).substr(kStart.size());
    if (rest.substr(0, rest.find('_')) != python.abiflags) return false;
    const std::string text = base::read_file(library / name);
    const std::string platlibdir = "'PLATLIBDIR': '";
    if (text.find(platlibdir) != std::string::npos &&
        text.find(platlibdir + python.platlibdir + "'") == std::string::npos) {
      return false;
    }
  }
  return true;
}

/// The configuration of an environment: one directory above the executable or beside it.
struct EnvironmentConfig {
  base::Path directory;
  PyvenvCfg cfg;

  [[nodiscard]] static std::optional<EnvironmentConfig> find(const base::Path& executable) {
    const base::Path beside = executable.parent_path();
    for (const base::Path& directory : {beside.parent_path(), beside}) {
      const std::optional<std::string> text = read_if_readable(directory / "pyvenv.cfg");
      if (text) return EnvironmentConfig{.directory = directory, .cfg = PyvenvCfg::parse(*text)};
    }
    return std::nullopt;
  }
};

/// The real file of the interpreter in an environment: the target of its links, or, if it is a
/// copy, the file that the configuration names.
std::optional<base::Path> original_of(const base::Path& executable, const PyvenvCfg& cfg) {
  std::optional<base::Path> real = base::real_path(executable);
  if (real && !EnvironmentConfig::find(*real)) return real;
  for (const std::string_view key : {"base-executable", "executable"}) {
    const std::optional<std::string> named = cfg.value(key);
    if (named && is_file(*named)) return base::real_path(*named);
  }
  return std::nullopt;
}

/// The executable in `home` that is the same file as the original, or else has a usual name.
std::optional<base::Path> executable_in_home(const base::Path& home, const base::Path& executable,
                                             const PyvenvCfg& cfg) {
  std::vector<std::string> names{executable.filename(), "python3", "python", "pypy3", "pypy"};
  const std::optional<PythonName> version =
      PythonName::try_parse("python" + cfg.version().value_or(""));
  const bool is_python3 = version && version->major == 3U && version->minor;
  if (is_python3) names.push_back("python3." + std::to_string(*version->minor));
  std::optional<base::Path> original = original_of(executable, cfg);
  if (!original) {
    for (const std::string& name : names) {
      if (is_file(home / name)) return home / name;
    }
    return std::nullopt;
  }
  // From 3.11 on the base is the target of the links, not the name in `home` that the environment
  // was started under (getpath.py).
  const bool is_link = base::real_path(executable) == original;
  const bool resolves_links = is_python3 && *version->minor >= 11;
  names.insert(is_link && resolves_links ? names.begin() : names.end(), original->filename());
  for (const std::string& name : names) {
    if (is_same_file(home / name, *original)) return home / name;
  }
  return original;
}

}  // namespace

base::Path Interpreter::standard_library() const {
  const base::Path path = windows() ? "Lib" : base::Path(platlibdir) / library_name;
  return (base_prefix / path).lexically_normal();
}

void Interpreter::set_version(const ReleaseVersion& release) {
  version = release.numbers();
  version_text = release.text;
  major = release.major;
  minor = release.minor;
  micro = release.micro;
}

void Interpreter::set_build(const ReleaseVersion& release, bool without_lock, bool debug) {
  set_version(release);
  const std::string name = std::to_string(minor) + (without_lock ? "t" : "");
  free_threaded = without_lock;
  abiflags = std::string(without_lock ? "t" : "") + (debug ? "d" : "");
  library_name = (pypy() ? "pypy3." : "python3.") + name;
  cache_tag = (pypy() ? "pypy3" : "cpython-3") + std::to_string(minor);
}

Interpreter inspect(const base::Path& path) {
  const base::Path executable = find_executable(path);
  const std::optional<Interpreter> described = ask_for_version(executable);
  return described ? *described : ask_for_everything(executable);
}

ExpectedInterpreter::ExpectedInterpreter(Interpreter interpreter,
                                         std::shared_ptr<VersionQuestion> question)
    : interpreter_(std::move(interpreter)), question_(std::move(question)) {}

std::optional<ExpectedInterpreter> ExpectedInterpreter::expect(const base::Path& path) try {
  const std::optional<Interpreter> python = read_regular_layout(find_executable(path));
  std::optional<Interpreter> expected =
      python ? with_version(python, version_in_files(*python)) : std::nullopt;
  if (!expected) return std::nullopt;
  auto question = std::make_shared<VersionQuestion>(expected->executable);
  return ExpectedInterpreter(*std::move(expected), std::move(question));
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return std::nullopt;
}

bool ExpectedInterpreter::confirm() try {
  const std::optional<VersionAnswer> answer = question_->answer();
  return answer && answer->is_cpython && answer->version.text == interpreter_.version_text &&
         answer->free_threaded == interpreter_.free_threaded;
} catch (const base::Error& error) {
  if (error.exit_code() != base::ExitCode::kInterpreter) throw;
  return false;
}

std::optional<Interpreter> recall(const base::Path& path, std::string_view version) {
  const std::optional<ReleaseVersion> release = ReleaseVersion::try_parse(version);
  if (!release) return std::nullopt;
  return with_version(read_regular_layout(base::absolute_path(path)), release);
}

std::optional<Interpreter> read_regular_layout(const base::Path& executable) {
  const std::optional<ProgramFacts> facts = read_program_facts(executable);
  const std::optional<base::Path> real = facts ? follow_links(executable) : std::nullopt;
  const std::optional<PythonName> name =
      real ? PythonName::try_parse(real->filename().text()) : std::nullopt;
  if (!name || name->implementation != "python" || name->major != 3U ||
      name->minor.value_or(0) < kOldestMinor || name->debug || name->micro) {
    return std::nullopt;
  }
  if (is_special_place(executable, *real) || !calls_python_main(*real)) return std::nullopt;

  Interpreter result;
  result.executable = executable;
  result.real_executable = base::real_path(executable).value_or(executable);
  result.implementation = "cpython";
  result.set_build(ReleaseVersion::final_release(*name->minor), name->free_threaded);
  result.is_64bit = facts->is_64bit;
  result.machine = facts->machine;
  result.platform = "linux-" + base::kernel().machine;
  const base::Path directory = real->parent_path();
  const std::optional<base::Path> prefix =
      find_library(directory, result.library_name, result.platlibdir);
  if (!prefix || has_zipped_library(directory, result)) return std::nullopt;
  result.base_prefix = *prefix;
  const auto has_modules = [&](const base::Path& parent) {
    return directory_exists(parent / result.platlibdir / result.library_name / "lib-dynload");
  };
  if (!search_up(directory, has_modules) || !matches_build_record(result)) return std::nullopt;
  return result;
}

std::optional<base::Path> environment_of(const base::Path& executable) {
  const std::optional<EnvironmentConfig> config = EnvironmentConfig::find(executable);
  if (!config || !config->cfg.value("home")) return std::nullopt;
  return config->directory;
}

base::Path base_executable(const base::Path& executable) {
  base::Path current = executable;
  for (int count = 0; count < kMostLinks; ++count) {
    const std::optional<EnvironmentConfig> config = EnvironmentConfig::find(current);
    const std::string home = config ? config->cfg.value("home").value_or("") : "";
    if (home.empty()) return current;
    // An absolute `home` stays as it is.
    const std::optional<base::Path> base =
        executable_in_home(config->directory / home, current, config->cfg);
    if (!base) {
      throw unusable(current,
                     "is in an environment whose base Python in `" + home + "` no longer exists");
    }
    current = *base;
  }
  throw unusable(executable, "is in an environment that is its own base");
}

}  // namespace ensure::venv
