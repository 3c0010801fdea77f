#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// How an environment is to be made: the choices that `python -m venv` offers, and one more.
struct EnvironmentOptions {
  bool system_site_packages = false;
  bool copies = false;           ///< the interpreter is copied instead of linked to
  bool scm_ignore_files = true;  ///< with a `.gitignore`, where the version of Python makes one
  bool relocatable = false;      ///< no absolute path is written but that of the interpreter
  std::optional<std::string> prompt;  ///< "." stands for the name of the current folder

  // What else was asked for is only told in the line `command` of pyvenv.cfg.
  bool with_pip = true;
  bool clear = false;
  bool upgrade = false;
  bool upgrade_deps = false;
};

/// One folder, file or link of an environment.
struct EnvironmentPart {
  enum class Kind { kFolder, kText, kLink, kCopy };
  enum class Role {
    kLibrary,        ///< bin, include, lib and the folders below
    kExecutable,     ///< a name of the interpreter, or a library that it needs beside it
    kConfiguration,  ///< pyvenv.cfg
    kActivation,
    kIgnoreFile,
  };

  Kind kind;
  Role role;
  std::string name;     ///< relative to the environment: "bin/python3"
  std::string content;  ///< the text of a file, the target of a link, the path of what is copied
  mode_t mode = 0666;   ///< of files; the umask takes its share
};

/// All parts of the environment that `python -m venv` of that interpreter makes at `final_path`
/// (absolute), folders before what is in them. Nothing depends on where they will be written
/// first. Throws `base::Error` with `kUsage` where no environment can be at that path.
[[nodiscard]] std::vector<EnvironmentPart> environment_parts(const base::Path& final_path,
                                                             const Interpreter& interpreter,
                                                             const EnvironmentOptions& options);

/// Creates one part in `folder`, under `name` instead of its own.
void create_part(const base::Directory& folder, const std::string& name,
                 const EnvironmentPart& part);

/// Creates all parts in the empty folder `folder`.
void lay_out_environment(const base::Directory& folder, const std::vector<EnvironmentPart>& parts);
void lay_out_environment(const base::Directory& folder, const base::Path& final_path,
                         const Interpreter& interpreter, const EnvironmentOptions& options);

/// Where packages go in an environment at `final_path` (the scheme "venv" of `sysconfig`).
[[nodiscard]] specs::Layout environment_layout(const base::Path& final_path,
                                               const Interpreter& interpreter, bool relocatable);

/// Throws `base::Error` with `kUsage` where `final_path` cannot be that of an environment: PATH
/// cannot hold it, or pyvenv.cfg cannot.
void check_environment_path(const base::Path& final_path);

/// The text that `--prompt` asks for: checked, and with the meaning of "." put in its place.
[[nodiscard]] std::optional<std::string> resolve_prompt(const EnvironmentOptions& options);

}  // namespace ensure::venv
