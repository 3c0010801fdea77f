#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/interpreter/install_schemes.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// The root directory of another system (`--root`). Paths are absolute, as that system sees them.
/// Links are followed as after chroot(2), so that nothing outside is ever read.
class TargetRoot {
 public:
  /// `directory` is its path on this system.
  explicit TargetRoot(base::Path directory);

  /// `path` with all links and ".." resolved; nullopt if it or a directory above it is missing.
  [[nodiscard]] std::optional<base::TargetPath> resolve(const base::TargetPath& path) const;

  /// Like `resolve`, but keeps a link in the last component.
  [[nodiscard]] std::optional<base::TargetPath> resolve_directory_of(
      const base::TargetPath& path) const;

  /// The path of a regular file on this system; nullopt if there is none.
  [[nodiscard]] std::optional<base::Path> find_file(const base::TargetPath& path) const;

  [[nodiscard]] bool has_file(const base::TargetPath& path) const {
    return find_file(path).has_value();
  }
  [[nodiscard]] std::optional<std::string> read(const base::TargetPath& path) const;
  [[nodiscard]] std::vector<std::string> list(const base::TargetPath& path) const;

  /// The path on this system of a path without links.
  [[nodiscard]] base::Path on_this_system(const base::TargetPath& resolved) const;

  [[nodiscard]] const base::Path& directory() const { return directory_; }

 private:
  base::Path directory_;
};

/// A Python in a root, known from its files. Paths are those that the root's own programs see.
struct RootInterpreter {
  Interpreter interpreter;
  SchemeFlavour flavour = SchemeFlavour::kUpstream;
  InstallSchemes schemes;  ///< with the marker of PEP 668 that the root has
};

/// Finds and describes the Python that `request` names in `root`. Nothing is run, and nothing
/// outside `root` is read. A path in the request, `prefix` (the directory of `--prefix`) and
/// `user_base` (that of `--user`) are as seen from inside. Throws `base::Error` (`kInterpreter`) if
/// there is none; the error names the Pythons of the root.
[[nodiscard]] RootInterpreter find_in_root(const TargetRoot& root, const PythonRequest& request,
                                           const base::Path& prefix = "/",
                                           const base::Path& user_base = "/root/.local");

}  // namespace ensure::venv
