#include "installer/install/transaction/staging_paths.h"

#include <cstddef>

#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/base/placement.h"
#include "installer/base/printable.h"

namespace ensure::install {

namespace {

std::string short_digest(const base::Path& path) {
  return base::to_hex(base::sha256(path.text())).substr(0, 16);
}

bool holds_current_directory(const base::Path& target) {
  const std::optional<base::Path> current = base::current_directory();
  return current && base::is_at_or_below(*current, target);
}

/// The path as a word of the shell, for a command that the user can copy.
std::string shell_word(const base::Path& path) {
  // Messages hide text that looks like a user and a password.
  const bool is_like_url = path.text().find('@') != std::string::npos;
  return is_like_url ? base::shell_escaped(path.text()) : base::shell_quoted(path.text());
}

base::Path sibling_of(const base::Path& target) {
  constexpr std::size_t kLongestName = 255;
  const std::string name = "." + target.filename().text() + ".ensure";
  return target.parent_path() /
         (name.size() <= kLongestName ? name : ".ensure-" + short_digest(target));
}

}  // namespace

base::Path staging_path_for(const base::Path& target) {
  const base::Path parent = target.parent_path();
  const bool stays = base::link_status(target) &&
                     (target == parent || base::is_mount_point(target) ||
                      holds_current_directory(target) || !base::is_writable_directory(parent));
  return stays ? staging_path_inside(target) : sibling_of(target);
}

base::Path staging_path_inside(const base::Path& target) { return target / ".ensure"; }

std::array<base::Path, 2> staging_paths_of(const base::Path& target) {
  return {sibling_of(target), staging_path_inside(target)};
}

std::string further_staging_name(const base::Path& primary) {
  return ".ensure-" + short_digest(primary);
}

base::Error not_ours(const base::Path& path, const std::string& reason) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + path.text() + "` is needed for staging, but is not ours: " + reason)
      .with_hint("nothing was changed; look at it, then remove it: ")
      .with_command("rm -rf -- " + shell_word(path));
}

}  // namespace ensure::install
