#include "venv/interpreter/interpreter_layout.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/text.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

constexpr int kMostLinks = 40;

/// `path` with links followed in its last component only, as getpath does it. None where a
/// target climbs with "..": interpreters older than 3.11 do not tidy such paths up.
std::optional<base::Path> follow_links(base::Path path) {
  for (int count = 0; count < kMostLinks; ++count) {
    const std::optional<base::FileStatus> status = base::link_status(path);
    if (!status) return std::nullopt;
    if (status->type != base::FileType::kLink) return path;
    const base::Path target = std::filesystem::read_symlink(path);
    for (const base::Path& component : target) {
      if (component == ".." || component == ".") return std::nullopt;
    }
    path = path.parent_path() / target;
  }
  return std::nullopt;
}

/// The nearest folder, from `folder` upwards, for which `test` holds. The root folder is left
/// out: Pythons of different age call a prefix there "/" or "".
std::optional<base::Path> search_up(base::Path folder,
                                    const std::function<bool(const base::Path&)>& test) {
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (test(folder)) return folder;
  }
  return std::nullopt;
}

/// Signs that getpath would leave its usual way: a build folder, a `._pth` file.
bool is_special_place(const base::Path& executable, const base::Path& real) {
  const base::Path folder = real.parent_path();
  return is_file(folder / "pybuilddir.txt") || is_file(folder / "Modules/Setup.local") ||
         is_file(executable.text() + "._pth") || is_file(real.text() + "._pth");
}

/// Whether the executable is Python's own `main`, not a compiled wrapper that starts another one.
/// Its table of dynamic symbols names the function, whether libpython is linked in or not.
bool calls_python_main(const base::Path& real) {
  const base::MappedFile file(real);
  return file.bytes().find("Py_BytesMain") != std::string_view::npos;
}

/// Where `platlibdir` has the library, and in no other of its two possible places.
std::optional<base::Path> find_library(const base::Path& folder, const std::string& library_name,
                                       std::string& platlibdir) {
  const auto search = [&](std::string_view name) {
    return search_up(folder, [&](const base::Path& parent) {
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

bool has_zipped_library(const base::Path& folder, const InterpreterLayout& layout) {
  const std::string zip =
      "python3" + std::to_string(layout.minor) + (layout.free_threaded ? "t" : "") + ".zip";
  return search_up(
             folder,
             [&](const base::Path& parent) { return is_file(parent / layout.platlibdir / zip); })
      .has_value();
}

/// Whether a record of a build names a processor that the compiler was told to compile for, other
/// than the least of its architecture.
bool names_processor(std::string_view record) {
  for (const std::string_view option : {"-march=", "-mcpu="}) {
    for (std::size_t at = record.find(option); at != std::string_view::npos;
         at = record.find(option, at + 1)) {
      const std::string_view rest = record.substr(at + option.size());
      const std::string_view processor = rest.substr(0, rest.find_first_of(" '\"\\\n"));
      if (processor != "x86-64" && processor != "armv8-a") return true;
    }
  }
  return false;
}

/// Whether the build's own record (`_sysconfigdata_{abiflags}_…`) bears out what was read: no
/// debug build shares the folder, and the library folder is the one compiled in. Debian's
/// python3-minimal has no such record. Notes in `layout` what else is in it.
bool matches_build_record(InterpreterLayout& layout) {
  const base::Path library = layout.prefix / layout.platlibdir / layout.library_name;
  const std::string expected_flags = layout.free_threaded ? "t" : "";
  constexpr std::string_view kStart = "_sysconfigdata_";
  for (const std::string& name : base::list_directory(library)) {
    if (!name.starts_with(kStart) || !name.ends_with(".py")) continue;
    const std::string_view rest = std::string_view(name).substr(kStart.size());
    if (rest.substr(0, rest.find('_')) != expected_flags) return false;
    const std::string text = base::read_file(library / name);
    if (text.find("'PLATLIBDIR': '") != std::string::npos &&
        text.find("'PLATLIBDIR': '" + layout.platlibdir + "'") == std::string::npos) {
      return false;
    }
    if (names_processor(text)) layout.for_any_processor = false;
  }
  return true;
}

/// The value of a key of pyvenv.cfg, as `site` reads the file.
std::optional<std::string> config_value(std::string_view text, std::string_view key) {
  for (const std::string_view line : base::split_lines(text)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    if (base::to_lower(base::trim(line.substr(0, equals))) != key) continue;
    return std::string(base::trim(line.substr(equals + 1)));
  }
  return std::nullopt;
}

/// The configuration of an environment: one folder above the executable or beside it.
struct EnvironmentConfig {
  base::Path folder;
  std::string text;
};

std::optional<EnvironmentConfig> read_environment_config(const base::Path& executable) {
  const base::Path beside = executable.parent_path();
  for (const base::Path& folder : {beside.parent_path(), beside}) {
    std::optional<std::string> text = read_if_readable(folder / "pyvenv.cfg");
    if (text) return EnvironmentConfig{.folder = folder, .text = *std::move(text)};
  }
  return std::nullopt;
}

/// The real file that an environment's executable stands for: what it links to, or, where it is a
/// copy, what the configuration names.
std::optional<base::Path> original_of(const base::Path& executable, std::string_view config) {
  std::optional<base::Path> real = base::real_path(executable);
  if (real && !read_environment_config(*real)) return real;
  for (const std::string_view key : {"base-executable", "executable"}) {
    const std::optional<std::string> named = config_value(config, key);
    if (named && is_file(*named)) return base::real_path(*named);
  }
  return std::nullopt;
}

/// Whether the Python of an environment takes the file that its links lead to for its base, and not
/// the name in `home` that it was started under itself (getpath.py, from 3.11 on).
bool resolves_links(std::string_view config) {
  for (const std::string_view key : {"version", "version_info"}) {
    const std::string text = config_value(config, key).value_or("");
    const std::size_t minor_end = text.find('.', text.find('.') + 1);
    const std::optional<PythonName> name =
        PythonName::try_parse("python" + text.substr(0, minor_end));
    if (name && name->minor) return name->major == 3U && *name->minor >= 11;
  }
  return false;
}

/// The executable in `home` that is the same file as `original`, or else by name.
std::optional<base::Path> executable_in_home(const base::Path& home, const base::Path& executable,
                                             std::string_view config) {
  std::optional<base::Path> original = original_of(executable, config);
  std::vector<std::string> names{executable.filename(), "python3", "python", "pypy3", "pypy"};
  if (const std::optional<std::string> version = config_value(config, "version")) {
    const std::size_t minor_end = version->find('.', version->find('.') + 1);
    names.push_back("python" + version->substr(0, minor_end));
  }
  if (original) {
    const bool is_link = base::real_path(executable) == original;
    names.insert(is_link && resolves_links(config) ? names.begin() : names.end(),
                 original->filename());
    for (const std::string& name : names) {
      if (is_same_file(home / name, *original)) return home / name;
    }
    return original;
  }
  for (const std::string& name : names) {
    if (is_file(home / name)) return home / name;
  }
  return std::nullopt;
}

}  // namespace

std::optional<InterpreterLayout> read_regular_layout(const base::Path& executable) {
  const std::optional<base::Path> real = follow_links(executable);
  if (!real) return std::nullopt;
  const std::optional<PythonName> name = PythonName::try_parse(real->filename().text());
  if (!name || name->implementation != "python" || name->major != 3U || !name->minor ||
      name->debug || name->micro) {
    return std::nullopt;
  }
  if (is_special_place(executable, *real) || !calls_python_main(*real)) return std::nullopt;

  const base::Path folder = real->parent_path();
  InterpreterLayout layout;
  layout.minor = *name->minor;
  layout.free_threaded = name->free_threaded;
  layout.library_name =
      "python3." + std::to_string(layout.minor) + (layout.free_threaded ? "t" : "");
  const std::optional<base::Path> prefix =
      find_library(folder, layout.library_name, layout.platlibdir);
  if (!prefix || has_zipped_library(folder, layout)) return std::nullopt;
  layout.prefix = *prefix;
  const std::optional<base::Path> exec_prefix = search_up(folder, [&](const base::Path& parent) {
    return is_folder(parent / layout.platlibdir / layout.library_name / "lib-dynload");
  });
  if (!exec_prefix || !matches_build_record(layout)) return std::nullopt;
  layout.exec_prefix = *exec_prefix;
  return layout;
}

std::optional<base::Path> environment_of(const base::Path& executable) {
  const std::optional<EnvironmentConfig> config = read_environment_config(executable);
  if (!config || !config_value(config->text, "home")) return std::nullopt;
  return config->folder;
}

base::Path base_executable(const base::Path& executable) {
  base::Path current = executable;
  for (int count = 0; count < kMostLinks; ++count) {
    const std::optional<EnvironmentConfig> config = read_environment_config(current);
    const std::optional<std::string> home =
        config ? config_value(config->text, "home") : std::nullopt;
    if (!home || home->empty()) return current;
    const base::Path folder =
        base::Path(*home).is_absolute() ? base::Path(*home) : config->folder / *home;
    const std::optional<base::Path> base = executable_in_home(folder, current, config->text);
    if (!base) {
      throw base::Error(base::ExitCode::kInterpreter,
                        "`" + current.text() + "` is in an environment whose base Python in `" +
                            *home + "` no longer exists")
          .with_hint(
              "name another interpreter with `--python`; `ensure python list` shows those "
              "that are here");
    }
    current = *base;
  }
  throw base::Error(base::ExitCode::kInterpreter,
                    "`" + executable.text() + "` is in an environment that is its own base")
      .with_hint("name another interpreter with `--python`");
}

}  // namespace ensure::venv
