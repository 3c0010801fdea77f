#include "bootstrap/packages/requirement_checks.h"

#include "bootstrap/build/git.h"
#include "bootstrap/packages/package_sources.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/secrets.h"
#include "installer/base/url.h"
#include "installer/specs/locks/lock_file.h"

namespace ensure::bootstrap {

using base::Error;
using base::ExitCode;
using specs::RequirementArgument;

std::string filename_of(const std::string& location) {
  return is_url(location) ? base::Url::parse(location).filename()
                          : base::Path(location).filename().text();
}

void refuse_file_as_requirement(const std::string& word) {
  const bool is_named_like_file =
      word.ends_with(".txt") || word.ends_with(".toml") || word.ends_with(".in");
  if (!is_named_like_file) return;
  throw Error(ExitCode::kUsage, "`" + word + "` is a file, not a requirement")
      .with_hint("write `-r " + word + "`");
}

void refuse_lock_as_constraint(const std::string& file) {
  if (!specs::is_lock_filename(filename_of(file))) return;
  throw Error(ExitCode::kUsage, "`" + file + "` is a lock, which cannot be a constraint")
      .with_hint("install it with `-r`: a lock names every version");
}

void check_editable(const RequirementArgument& argument) {
  if (argument.is_path || argument.location.starts_with("file:")) return;
  throw Error(ExitCode::kUsage, "`-e " + base::without_secrets(argument.to_string()) +
                                    "` does not name a directory of this machine")
      .with_hint("clone the repository and name its directory, or leave out `-e`");
}

void check_repository(const RequirementArgument& argument, const std::string& source) {
  const std::string text = base::without_secrets(argument.to_string());
  if (!build::is_git_url(argument.location)) {
    throw Error(ExitCode::kUsage, "`" + text + "` is in a version control system other than git")
        .with_hint("name an archive of the project, or a directory with a checkout of it");
  }
  const build::GitReference reference = build::GitReference::parse(argument.location);
  if (!reference.url.is_file() || !is_web_address(source)) return;
  throw Error(ExitCode::kUsage, source + ": `" + text + "` is a repository of this machine, but " +
                                    "a file from the web names it")
      .with_hint("if you trust that file, download it and name the copy (`-r FILE`)");
}

}  // namespace ensure::bootstrap
