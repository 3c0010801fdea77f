#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "venv/environment/environment.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/pyvenv_cfg.h"

namespace ensure::venv {

/// A name of the interpreter in the scripts directory of an environment.
struct ExistingExecutable {
  std::string name;  ///< "python3"
  bool is_link;
  base::Path target;   ///< of the link; empty for a file
  bool leads_to_file;  ///< false for a broken link
  /// In a root: where the link leads, as seen from inside; empty if nowhere.
  std::optional<base::Path> leads_to = std::nullopt;
};

/// The content of a path where an environment is or will be, read without starting a process.
struct ExistingEnvironment {
  enum class Kind {
    kNoDirectory,  ///< a file, or a broken link
    kEmptyDirectory,
    kForeign,      ///< a directory that is neither empty nor an environment
    kEnvironment,  ///< `pyvenv.cfg` names a `home`, and `bin` has a Python, which may be missing
  };
  enum class Maker { kEnsure, kVenv, kVirtualenv, kUv };

  base::Path path;
  Kind kind = Kind::kNoDirectory;
  bool is_link = false;     ///< `path` itself is a link; the fields describe its target
  std::string why_foreign;  ///< the reason for `kForeign`: "it contains `x`"

  // These describe an environment only:
  /// The first of the files that decide which Python runs whose owner is neither root nor the
  /// caller. Owner and content come from the same open file.
  std::optional<base::Path> foreign;
  bool configuration_is_open = false;  ///< others may write to pyvenv.cfg
  PyvenvCfg configuration;
  Maker maker = Maker::kVenv;
  bool relocatable = false;  ///< made by ensure or uv so that it can be moved
  base::Path made_at;        ///< the path in its `activate`; empty if that names none
  std::vector<ExistingExecutable> executables;
  std::vector<std::string> libraries;  ///< the directories of Pythons in `lib`: "python3.12"

  /// The directory of packages for one of `libraries`.
  [[nodiscard]] base::Path site_packages(const std::string& library) const {
    return path / EnvironmentLayout::kLibraries / library / "site-packages";
  }
};

/// Reads the environment at `path`; nullopt if the path does not exist.
[[nodiscard]] std::optional<ExistingEnvironment> read_environment(const base::Path& path);

/// Whether the environment is for the minor version and implementation of `interpreter`, so that
/// its packages can be used.
[[nodiscard]] bool is_for(const ExistingEnvironment& environment, const Interpreter& interpreter);

/// Whether its executables are copies of the interpreter instead of links.
[[nodiscard]] bool has_copies(const ExistingEnvironment& environment);

/// `options` for changing an existing environment: it stays relocatable, and keeps its prompt
/// unless another one is given.
[[nodiscard]] EnvironmentOptions for_existing(EnvironmentOptions options,
                                              const ExistingEnvironment& environment);

/// A part that an environment lacks.
struct PartDifference {
  std::size_t part;  ///< index into the requested parts
  bool missing;      ///< else something else is in its place
};

/// Compares an environment with the parts that it should have, in their order.
///
/// A part that works the same counts as equal: an executable that leads to the same interpreter,
/// additional lines of pyvenv.cfg, text that a user has added to an activation script. In an
/// environment of another tool, only the parts that an environment needs are compared.
[[nodiscard]] std::vector<PartDifference> differences(const ExistingEnvironment& environment,
                                                      const std::vector<EnvironmentPart>& parts,
                                                      const Interpreter& interpreter);

}  // namespace ensure::venv
