#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/subprocess.h"
#include "installer/base/url.h"

namespace ensure::build {

/// Whether a URL begins with `git+`.
[[nodiscard]] bool is_git_url(std::string_view url);

/// A state of a repository, as a requirement names it:
/// `git+https://host/project.git@REVISION#subdirectory=...` ("VCS requirements" of pip).
struct GitReference {
  base::Url url;         ///< `https:`, `http:`, `ssh:` or `file:`, without revision and fragment
  std::string revision;  ///< a branch, tag or commit; empty for the repository's HEAD
  std::string fragment;  ///< "subdirectory=..."; may be empty

  /// Throws `base::Error` (`kUsage`) for another scheme, and for a revision that git would take for
  /// an option.
  [[nodiscard]] static GitReference parse(const std::string& text);

  /// Whether the revision is the whole name of a commit.
  [[nodiscard]] bool names_commit() const;
};

/// A commit that a repository has.
struct GitCommit {
  std::string id;       ///< in hexadecimal; empty if only a clone can tell it
  bool is_tag = false;  ///< the revision is the name of a tag
};

/// Runs the `git` of PATH: with an argument vector, without a terminal, prompts and hooks, without
/// `GIT_*` variables, and only over the protocols `https`, `ssh`, and that of the URL itself. The
/// user's configuration counts, such as credential helpers and `insteadOf`.
class Git {
 public:
  /// `offline`: only repositories of this machine are read.
  explicit Git(bool offline) : offline_(offline) {}

  /// Finds the commit that a reference names, without a clone. Throws `base::Error`: `kInterpreter`
  /// if there is no `git`, `kNetwork` if the repository cannot be read, `kNoSolution` if it does
  /// not have the revision.
  [[nodiscard]] GitCommit find(const GitReference& reference);

  /// Checks the commit and its submodules out into `directory`, which must be empty, and returns
  /// its name. Throws what `find` throws.
  [[nodiscard]] std::string check_out(const GitReference& reference, const GitCommit& commit,
                                      const base::Path& directory);

 private:
  /// The protocols that a command may use, for GIT_ALLOW_PROTOCOL.
  enum class Allowed { kOfUrl, kRemote };

  [[nodiscard]] base::ProcessResult run(const GitReference& reference,
                                        std::vector<std::string> arguments, Allowed allowed);
  /// The same; throws if git fails.
  std::string require(const GitReference& reference, const std::vector<std::string>& arguments,
                      Allowed allowed = Allowed::kOfUrl);

  bool offline_;
  std::optional<base::Path> program_;
};

}  // namespace ensure::build
