#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// The directories and names in an environment, relative to it.
struct EnvironmentLayout {
  static constexpr const char* kConfiguration = "pyvenv.cfg";
  static constexpr const char* kScripts = "bin";
  static constexpr const char* kLibraries = "lib";

  explicit EnvironmentLayout(const Interpreter& interpreter);

  /// A name in the directory of the scripts: "bin/activate".
  [[nodiscard]] static std::string script(const std::string& name) {
    return std::string(kScripts) + "/" + name;
  }

  std::string library;                     ///< "lib/python3.12"
  std::string site_packages;               ///< "lib/python3.12/site-packages"
  std::vector<std::string> program_names;  ///< the one it was found under, then `venv`'s others
};

/// The options of `python -m venv`, and one more.
struct EnvironmentOptions {
  bool system_site_packages = false;
  bool copies = false;                ///< the interpreter is copied instead of linked to
  bool scm_ignore_files = true;       ///< with a `.gitignore`, if that version of Python makes one
  bool relocatable = false;           ///< no absolute path is written but that of the interpreter
  std::optional<std::string> prompt;  ///< "." stands for the name of the current directory

  // These appear only in the line `command` of pyvenv.cfg.
  bool with_pip = true;
  bool clear = false;
  bool upgrade = false;
  bool upgrade_deps = false;
};

/// One directory, file or link of an environment.
struct EnvironmentPart {
  enum class Kind { kDirectory, kText, kLink, kCopy };
  enum class Role {
    kLibrary,        ///< bin, include, lib and the directories below
    kExecutable,     ///< a name of the interpreter, or a library that it needs beside it
    kConfiguration,  ///< pyvenv.cfg
    kActivation,
    kIgnoreFile,
  };

  Kind kind;
  Role role;
  std::string name;     ///< relative to the environment: "bin/python3"
  std::string content;  ///< the text of a file, the target of a link, the path of the original
  base::Permissions permissions = base::Permissions::kPlain;  ///< of files
};

/// All parts of the environment that `python -m venv` of that interpreter makes at `final_path`
/// (absolute); a directory comes before its content. Nothing depends on where the parts are staged.
/// Throws `base::Error`: `kUsage` if no environment can be at that path or the prompt is unusable,
/// `kInterpreter` if pyvenv.cfg cannot name the interpreter.
[[nodiscard]] std::vector<EnvironmentPart> environment_parts(const base::Path& final_path,
                                                             const Interpreter& interpreter,
                                                             const EnvironmentOptions& options);

/// Creates one part in `directory`, under `name` instead of its own.
void create_part(const base::Directory& directory, const std::string& name,
                 const EnvironmentPart& part);

/// Creates all parts in the empty directory `directory`.
void lay_out_environment(const base::Directory& directory,
                         const std::vector<EnvironmentPart>& parts);

/// The paths of packages in an environment at `final_path` (the scheme "venv" of `sysconfig`).
[[nodiscard]] specs::Layout environment_layout(const base::Path& final_path,
                                               const Interpreter& interpreter, bool relocatable);

/// Throws `base::Error` (`kUsage`) if PATH or pyvenv.cfg cannot contain `final_path`.
void check_environment_path(const base::Path& final_path);

/// Checks the text of `--prompt` and replaces "." by the name of the current directory.
[[nodiscard]] std::optional<std::string> resolve_prompt(const EnvironmentOptions& options);

}  // namespace ensure::venv
