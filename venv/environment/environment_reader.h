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

/// A name of the interpreter in the `bin` of an environment.
struct ExistingExecutable {
  std::string name;  ///< "python3"
  bool is_link;
  base::Path target;   ///< what the link says; empty for a file
  bool leads_to_file;  ///< false for a link that leads nowhere
};

/// What is found where an environment is or is to be; read without starting a process.
struct ExistingEnvironment {
  enum class Kind {
    kNoFolder,  ///< a file, or a link that leads nowhere
    kEmptyFolder,
    kForeign,      ///< a directory that is neither empty nor an environment
    kEnvironment,  ///< its `pyvenv.cfg` names a `home`, and `bin` has a Python, which may be gone
  };
  enum class Maker { kEnsure, kVenv, kVirtualenv, kUv };

  base::Path path;
  Kind kind = Kind::kNoFolder;
  bool is_link = false;     ///< `path` itself is a link; the fields describe its target
  std::string why_foreign;  ///< the reason for `kForeign`: "it contains `x`"

  // Only of an environment:
  /// The first of the files that name its Python that belongs to neither root nor the caller. The
  /// owner is that of the file that was read.
  std::optional<base::Path> foreign;
  bool configuration_is_open = false;  ///< others may write to pyvenv.cfg
  PyvenvCfg configuration;
  Maker maker = Maker::kVenv;
  bool relocatable = false;  ///< made by ensure or uv so that it can be moved
  std::vector<ExistingExecutable> executables;
  std::vector<std::string> libraries;  ///< the Python folders in `lib`: "python3.12"

  /// The folder of packages for one of `libraries`.
  [[nodiscard]] base::Path site_packages(const std::string& library) const {
    return path / "lib" / library / "site-packages";
  }
};

/// Reads what is at `path`; none where nothing is.
[[nodiscard]] std::optional<ExistingEnvironment> read_environment(const base::Path& path);

/// Whether the environment is for the same minor version of the same implementation: if not, its
/// packages are of no use to `interpreter`.
[[nodiscard]] bool is_for(const ExistingEnvironment& environment, const Interpreter& interpreter);

/// Whether its executables are copies of the interpreter instead of links.
[[nodiscard]] bool has_copies(const ExistingEnvironment& environment);

/// `options` for changing an existing environment: it stays relocatable, and keeps its prompt where
/// none is given.
[[nodiscard]] EnvironmentOptions for_existing(EnvironmentOptions options,
                                              const ExistingEnvironment& environment);

/// A part that an environment should have and does not have in the form asked for.
struct PartDifference {
  std::size_t part;  ///< index into the parts asked for
  bool missing;      ///< nothing is there; else something else is
};

/// Compares an environment with the parts that it should have, in their order.
///
/// What works the same counts as the same: an executable that leads to the same interpreter, other
/// lines of pyvenv.cfg, text that a user has added to an activation script. Of what another tool
/// has made, only what an environment needs is compared, not how that tool writes it.
[[nodiscard]] std::vector<PartDifference> differences(const ExistingEnvironment& environment,
                                                      const std::vector<EnvironmentPart>& parts,
                                                      const Interpreter& interpreter);

}  // namespace ensure::venv
