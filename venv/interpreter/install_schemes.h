#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"
#include "installer/specs/metadata/layout.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// The mark of an interpreter whose packages another tool manages (PEP 668).
struct ExternallyManaged {
  base::Path marker;    ///< the file EXTERNALLY-MANAGED
  std::string message;  ///< its message to the user, which may be empty
};

/// Where packages go when they are installed into an interpreter itself, by pip's rules.
struct InstallSchemes {
  specs::Scheme standard;             ///< `pip install`; Debian's is below /usr/local
  specs::Scheme user;                 ///< `--user`
  specs::Scheme prefix;               ///< `--prefix`
  base::TargetPath standard_library;  ///< (`sysconfig.get_path("stdlib")`)
  std::optional<ExternallyManaged> externally_managed;
};

/// Asks `interpreter`, which must run here. `prefix` is the absolute directory of `--prefix`. One
/// process is started. PYTHONUSERBASE and DEB_PYTHON_INSTALL_LAYOUT have the same effect as in pip.
/// Throws `base::Error` (`kInterpreter`) if there is no answer.
[[nodiscard]] InstallSchemes ask_install_schemes(const Interpreter& interpreter,
                                                 const base::Path& prefix = "/");

/// The author of a Python's schemes: its makers, or a distribution that changed `sysconfig` to keep
/// its own packages apart.
enum class SchemeFlavour : std::uint8_t {
  kUpstream,  ///< lib/python3.X/site-packages of the prefix
  kDebian,    ///< /usr/local/lib/python3.X/dist-packages (the scheme `posix_local`)
  kFedora,    ///< /usr/local/lib/python3.X/site-packages
};

/// The answer that the interpreter would give, from its description alone; nothing is read or run.
/// `user_base` is PYTHONUSERBASE or `~/.local`. No marker is looked for.
[[nodiscard]] InstallSchemes describe_install_schemes(const Interpreter& interpreter,
                                                      SchemeFlavour flavour,
                                                      const base::Path& prefix = "/",
                                                      const base::Path& user_base = {});

/// The scheme of `pip install --target`: everything in one directory, scripts in its `bin`.
[[nodiscard]] specs::Scheme target_scheme(const Interpreter& interpreter,
                                          const base::Path& directory);

/// The marker in a directory of the standard library, if it exists.
[[nodiscard]] std::optional<ExternallyManaged> read_externally_managed(
    const base::Path& standard_library);

/// The message in the text of a marker: the key `Error` of the section [externally-managed]. Its
/// translations (`Error-de`) are ignored: the output of `ensure` does not depend on a locale.
[[nodiscard]] std::string externally_managed_message(std::string_view text);

}  // namespace ensure::venv
