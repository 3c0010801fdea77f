#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/interpreter/install_schemes.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// The root folder of another system (`--root`). Paths are as that system sees them, absolute;
/// every link is followed as it would be after chroot(2), so nothing outside is ever read.
class TargetRoot {
 public:
  /// `folder` is the folder on this system.
  explicit TargetRoot(base::Path folder);

  /// `path` with all links and ".." resolved; none where it, or a folder above it, is missing.
  [[nodiscard]] std::optional<base::Path> resolve(const base::Path& path) const;

  /// The same with the links of the last component kept.
  [[nodiscard]] std::optional<base::Path> resolve_folder_of(const base::Path& path) const;

  /// Where the file that `path` means is on this system; none where there is none.
  [[nodiscard]] std::optional<base::Path> find_file(const base::Path& path) const;

  [[nodiscard]] bool has_file(const base::Path& path) const { return find_file(path).has_value(); }
  [[nodiscard]] bool has_folder(const base::Path& path) const;
  [[nodiscard]] std::optional<std::string> read(const base::Path& path) const;
  [[nodiscard]] std::vector<std::string> list(const base::Path& path) const;

  /// Where a path without links is on this system.
  [[nodiscard]] base::Path on_this_system(const base::Path& resolved) const;

  [[nodiscard]] const base::Path& folder() const { return folder_; }

 private:
  base::Path folder_;
};

/// A Python in a root, known by its files: paths are those that the root's own programs see.
struct RootInterpreter {
  Interpreter interpreter;
  SchemeFlavour flavour = SchemeFlavour::kUpstream;
  InstallSchemes schemes;  ///< the marker of PEP 668 is that of the root
};

/// Finds and describes the Python that `request` asks for in `root`; nothing is run, and nothing
/// outside `root` is read. A path in the request is one inside. `prefix` is the folder of
/// `--prefix`, as seen from inside; `user_base` that of `--user`.
/// Throws `base::Error` with `kInterpreter` where there is none, and names what is there.
[[nodiscard]] RootInterpreter find_in_root(const TargetRoot& root, const PythonRequest& request,
                                           const base::Path& prefix = "/",
                                           const base::Path& user_base = base::Path("/root") /
                                                                         ".local");

}  // namespace ensure::venv
