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

/// An interpreter whose packages another tool looks after (PEP 668).
struct ExternallyManaged {
  base::Path marker;    ///< the file EXTERNALLY-MANAGED
  std::string message;  ///< what it tells the user; empty where it says nothing
};

/// Where packages go when they are installed into an interpreter itself, as pip decides it.
struct InstallSchemes {
  specs::Scheme standard;                ///< `pip install`; Debian's is below /usr/local
  specs::Scheme user;                    ///< `--user`
  specs::Scheme prefix;                  ///< `--prefix`, for the folder that was asked about
  base::Path standard_library;           ///< (`sysconfig.get_path("stdlib")`)
  std::vector<base::Path> site_folders;  ///< where packages are found (`site.getsitepackages()`)
  std::optional<ExternallyManaged> externally_managed;
};

/// Asks `interpreter`, which must run here. `prefix` is the absolute folder of `--prefix`. One
/// process is started. PYTHONUSERBASE and DEB_PYTHON_INSTALL_LAYOUT are heeded, as pip does.
/// Throws `base::Error` with `kInterpreter` where there is no answer.
[[nodiscard]] InstallSchemes ask_install_schemes(const Interpreter& interpreter,
                                                 const base::Path& prefix = "/");

/// Who decided where this Python's packages go: its makers, or a distribution that changed
/// `sysconfig` so that they stay apart from its own.
enum class SchemeFlavour : std::uint8_t {
  kUpstream,  ///< lib/python3.X/site-packages of the prefix
  kDebian,    ///< /usr/local/lib/python3.X/dist-packages (the scheme `posix_local`)
  kFedora,    ///< /usr/local/lib/python3.X/site-packages
};

/// What the interpreter would answer if it could be asked: from its description alone, nothing is
/// read or run. `user_base` is PYTHONUSERBASE or `~/.local`; `deb_layout` says that Debian's own
/// packages are built (DEB_PYTHON_INSTALL_LAYOUT=deb). No marker is looked for.
[[nodiscard]] InstallSchemes describe_install_schemes(const Interpreter& interpreter,
                                                      SchemeFlavour flavour,
                                                      const base::Path& prefix = "/",
                                                      const base::Path& user_base = {},
                                                      bool deb_layout = false);

/// The scheme of `pip install --target`: everything in one folder, scripts in its `bin`.
[[nodiscard]] specs::Scheme target_scheme(const Interpreter& interpreter, const base::Path& folder);

/// The marker in a folder of the standard library, if it is there.
[[nodiscard]] std::optional<ExternallyManaged> read_externally_managed(
    const base::Path& standard_library);

/// The message of a marker's text: the key `Error` of the section [externally-managed]. Its
/// translations (`Error-de`) are left out: what `ensure` says does not depend on a locale.
[[nodiscard]] std::string externally_managed_message(std::string_view text);

}  // namespace ensure::venv
