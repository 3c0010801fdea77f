#include "venv/environment/environment.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "venv/activation/activation.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace ensure::venv {

namespace {

using base::Permissions;
using Kind = EnvironmentPart::Kind;
using Role = EnvironmentPart::Role;
using Parts = std::vector<EnvironmentPart>;

/// Whether the text has a character that ends a line of pyvenv.cfg, or a path.
bool ends_line(std::string_view text) {
  return text.find_first_of(std::string_view("\n\r\0", 3)) != std::string_view::npos;
}

void add_directory(Parts& parts, std::string name) {
  parts.push_back({Kind::kDirectory, Role::kLibrary, std::move(name), ""});
}

void add_directories(Parts& parts, const Interpreter& interpreter,
                     const EnvironmentLayout& layout) {
  add_directory(parts, "include");
  // Only these versions have a directory for headers in their scheme "venv". Later ones create
  // "include" alone, as PEP 405 says.
  if (interpreter.minor >= 11 && interpreter.minor <= 13) {
    add_directory(parts, std::string("include/") + (interpreter.pypy() ? "pypy3." : "python3.") +
                             std::to_string(interpreter.minor) + interpreter.abiflags);
  }
  add_directory(parts, EnvironmentLayout::kLibraries);
  add_directory(parts, layout.library);
  add_directory(parts, layout.site_packages);
  if (interpreter.is_64bit && interpreter.system != "darwin") {
    parts.push_back({Kind::kLink, Role::kLibrary, "lib64", EnvironmentLayout::kLibraries});
  }
  add_directory(parts, EnvironmentLayout::kScripts);
}

void add_activation_scripts(Parts& parts, const base::Path& final_path,
                            const EnvironmentLayout& layout, const EnvironmentOptions& options) {
  const Activation activation{.environment = final_path,
                              .prompt = resolve_prompt(options),
                              .site_packages = layout.site_packages,
                              .relocatable = options.relocatable};
  for (ActivationScript& script : activation_scripts(activation)) {
    parts.push_back({Kind::kText, Role::kActivation, EnvironmentLayout::script(script.name),
                     std::move(script.content)});
  }
}

/// The directory of the interpreter, in which Python itself looks for its library.
std::string home(const Interpreter& interpreter) {
  const std::string directory = interpreter.executable.parent_path().text();
  if (!ends_line(directory) && base::is_utf8(directory)) return directory;
  throw base::Error(base::ExitCode::kInterpreter, "the directory of the interpreter `" +
                                                      interpreter.executable.text() +
                                                      "` cannot be written into pyvenv.cfg")
      .with_hint("use an interpreter whose path is one line of UTF-8: no other Python can read it");
}

/// The command line that makes the environment, which `venv` records from 3.11 on, with its own
/// options in its own order.
std::string command(const base::Path& final_path, const Interpreter& interpreter,
                    const EnvironmentOptions& options) {
  std::vector<std::string> words = {interpreter.executable.text(), "-m", "venv"};
  const auto add = [&](bool wanted, const char* option) {
    if (wanted) words.emplace_back(option);
  };
  add(options.copies, "--copies");
  add(!options.with_pip, "--without-pip");
  add(options.system_site_packages, "--system-site-packages");
  add(options.clear, "--clear");
  add(options.upgrade, "--upgrade");
  add(options.upgrade_deps, "--upgrade-deps");
  if (options.prompt) words.push_back("--prompt=\"" + *options.prompt + "\"");
  add(interpreter.minor >= 13 && !options.scm_ignore_files, "--without-scm-ignore-files");
  words.push_back(final_path.text());
  return escape_undecodable(base::join(words, " "));
}

/// The `pyvenv.cfg` that `python -m venv` of that interpreter writes: same keys, order and values.
/// That of a relocatable environment has only the lines that Python needs, and the prompt.
std::string configuration(const base::Path& final_path, const Interpreter& interpreter,
                          const EnvironmentOptions& options) {
  // CPython 3.11 and newer do not start if the file has 32 kB (`getpath_readlines` in
  // Modules/getpath.c). Only the prompt can be that long: a path has at most 4 kB.
  constexpr std::size_t kTooLarge = std::size_t{32} << 10U;
  PyvenvCfg result;
  result.append("home", home(interpreter));
  result.append("include-system-site-packages", options.system_site_packages ? "true" : "false");
  result.append("version", interpreter.version);
  if (const std::optional<std::string> prompt = resolve_prompt(options)) {
    result.append("prompt", python_repr(*prompt));
  }
  if (interpreter.minor >= 11 && !options.relocatable) {
    result.append("executable", escape_undecodable(interpreter.real_executable.text()));
    result.append("command", command(final_path, interpreter, options));
  }
  std::string text = result.to_string();
  if (text.size() < kTooLarge) return text;
  throw base::Error(base::ExitCode::kUsage,
                    "the prompt of " + std::to_string(options.prompt.value_or("").size()) +
                        " bytes is too long: no Python reads a `pyvenv.cfg` of " +
                        std::to_string(text.size()) + " bytes")
      .with_hint("give `--prompt` a shorter text");
}

/// Adds a file, or a directory with its content. Links are followed; those that lead nowhere are
/// left out.
void add_copy(Parts& parts, const base::Path& source, const std::string& name) {
  const std::optional<base::FileStatus> status = base::file_status(source);
  if (!status) return;
  if (status->type == base::FileType::kRegular) {
    parts.push_back(
        {Kind::kCopy, Role::kExecutable, name, source.text(),
         status->is_executable_file() ? Permissions::kExecutable : Permissions::kPlain});
  }
  if (status->type != base::FileType::kDirectory) return;
  parts.push_back({Kind::kDirectory, Role::kExecutable, name, ""});
  for (const std::string& entry : base::list_directory(source)) {
    add_copy(parts, source / entry, (base::Path(name) / entry).text());
  }
}

/// Adds the libraries that the portable builds of PyPy load from beside themselves. `venv` of PyPy
/// copies all of "../lib", which for a PyPy in /usr/bin is the whole of /usr/lib.
void add_pypy_libraries(Parts& parts, const Interpreter& interpreter) {
  const base::Path bin = interpreter.real_executable.parent_path();
  const std::string library = "lib" + interpreter.library_name + "-c.so";
  if (!base::file_status(bin / library)) return;
  parts.push_back({Kind::kCopy, Role::kExecutable, EnvironmentLayout::script(library),
                   bin / library, Permissions::kExecutable});
  const base::Path lib = bin.parent_path() / "lib";
  if (!base::file_status(lib)) return;
  for (const std::string& entry : base::list_directory(lib)) {
    const bool needed = entry.find(".so") != std::string::npos || entry.starts_with("tcl") ||
                        entry.starts_with("tk");
    if (needed) {
      add_copy(parts, lib / entry, std::string(EnvironmentLayout::kLibraries) + "/" + entry);
    }
  }
}

/// Whether `venv --copies` of this interpreter creates links nevertheless. PyPy's does so
/// since 3.11 if its executable is a link, because a copy would not find its library.
bool stays_a_link(const Interpreter& interpreter) {
  if (!interpreter.pypy() || interpreter.minor < 11) return false;
  const auto status = base::link_status(interpreter.executable);
  return status && status->type == base::FileType::kLink;
}

/// Adds the interpreter under all its names: a link to it and links to that one, or copies.
void add_executables(Parts& parts, const Interpreter& interpreter,
                     const std::vector<std::string>& names, bool copies) {
  const auto add = [&](Kind kind, const std::string& name, const std::string& target) {
    parts.push_back({kind, Role::kExecutable, EnvironmentLayout::script(name), target,
                     Permissions::kExecutable});
  };
  if (copies && stays_a_link(interpreter)) {
    for (const std::string& name : names) add(Kind::kLink, name, interpreter.real_executable);
    return;
  }
  for (const std::string& name : names) {
    const bool to_original = copies || name == names.front();
    add(copies ? Kind::kCopy : Kind::kLink, name,
        to_original ? interpreter.executable.text() : names.front());
  }
  if (copies && interpreter.pypy()) add_pypy_libraries(parts, interpreter);
}

}  // namespace

EnvironmentLayout::EnvironmentLayout(const Interpreter& interpreter)
    : library(std::string(kLibraries) + "/" + interpreter.library_name),
      site_packages(library + "/site-packages"),
      program_names{interpreter.executable.filename(), "python", "python3"} {
  if (interpreter.minor >= 9) {
    program_names.push_back("python3." + std::to_string(interpreter.minor));
  }
  if (interpreter.pypy()) program_names.insert(program_names.end(), {"pypy3", "pypy"});
  // CPython celebrates its version number.
  const bool pi = interpreter.implementation == "cpython" && interpreter.minor == 14;
  if (pi) program_names.emplace_back("\U0001d70bthon");
  const auto again =
      std::find(program_names.begin() + 1, program_names.end(), program_names.front());
  if (again != program_names.end()) program_names.erase(again);
}

void check_environment_path(const base::Path& final_path) {
  const std::string& path = final_path.text();
  if (path.find(':') != std::string::npos) {
    throw base::Error(base::ExitCode::kUsage, "an environment cannot be at `" + path +
                                                  "`: PATH separates its directories by `:`")
        .with_hint("choose a path without `:`");
  }
  if (ends_line(path)) {
    throw base::Error(base::ExitCode::kUsage,
                      "an environment cannot be at a path with a line break: `" + path + "`")
        .with_hint("choose a path of one line: pyvenv.cfg and activation scripts contain it");
  }
}

std::optional<std::string> resolve_prompt(const EnvironmentOptions& options) {
  if (!options.prompt) return std::nullopt;
  std::string text = *options.prompt;
  if (text == ".") text = base::absolute_path(".").filename().text();
  if (ends_line(text)) {
    throw base::Error(base::ExitCode::kUsage, "the prompt `" + text + "` has a line break")
        .with_hint("give `--prompt` a text of one line");
  }
  return text;
}

Parts environment_parts(const base::Path& final_path, const Interpreter& interpreter,
                        const EnvironmentOptions& options) {
  check_environment_path(final_path);
  const EnvironmentLayout layout(interpreter);
  Parts parts;
  add_directories(parts, interpreter, layout);
  if (interpreter.minor >= 13 && options.scm_ignore_files) {
    parts.push_back({Kind::kText, Role::kIgnoreFile, ".gitignore",
                     "# Created by venv; see https://docs.python.org/3/library/venv.html\n*\n"});
  }
  parts.push_back({Kind::kText, Role::kConfiguration, EnvironmentLayout::kConfiguration,
                   configuration(final_path, interpreter, options)});
  add_executables(parts, interpreter, layout.program_names, options.copies);
  add_activation_scripts(parts, final_path, layout, options);
  return parts;
}

void create_part(const base::Directory& directory, const std::string& name,
                 const EnvironmentPart& part) {
  switch (part.kind) {
    case Kind::kDirectory:
      (void)directory.create_directory(name, Permissions::kPlain);
      break;
    case Kind::kText:
      directory.write_file(name, part.content, part.permissions);
      break;
    case Kind::kLink:
      directory.create_link(name, part.content);
      break;
    case Kind::kCopy:
      directory.copy_file(name, part.content, part.permissions);
      break;
  }
}

void lay_out_environment(const base::Directory& directory, const Parts& parts) {
  for (const EnvironmentPart& part : parts) create_part(directory, part.name, part);
}

specs::Layout environment_layout(const base::Path& final_path, const Interpreter& interpreter,
                                 bool relocatable) {
  const EnvironmentLayout names(interpreter);
  const base::TargetPath top(final_path);
  const base::TargetPath scripts = top / EnvironmentLayout::kScripts;
  specs::Layout layout;
  layout.scheme.purelib = top / names.site_packages;
  layout.scheme.platlib = top / interpreter.platlibdir / interpreter.library_name / "site-packages";
  layout.scheme.scripts = scripts;
  layout.scheme.data = top;
  // The directory that pip uses: the one of `sysconfig` belongs to the base interpreter.
  layout.scheme.headers =
      top / "include" / "site" /
      ("python" + std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor));
  layout.executable = (scripts / names.program_names.front()).text();
  layout.implementation = interpreter.implementation;
  layout.python_major = interpreter.major;
  layout.python_minor = interpreter.minor;
  layout.cache_tag = interpreter.cache_tag;
  layout.relocatable = relocatable;
  return layout;
}

}  // namespace ensure::venv
