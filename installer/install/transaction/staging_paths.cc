#include "installer/install/transaction/staging_paths.h"

#include <optional>
#include <ranges>
#include <vector>

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

/// Creates the parent directory, or opens the one that another process has created just before.
base::Directory make_or_open_parent(const base::Directory& above, const base::Path& name,
                                    std::size_t& created) {
  try {
    base::Directory directory = above.create_directory(name, base::Permissions::kPlain);
    ++created;
    return directory;
  } catch (const base::FileError& error) {
    if (error.failure() != base::FileFailure::kExists) throw;
  }
  return above.open_directory(name);
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

base::Directory ParentDirectories::open() {
  std::vector<base::Path> missing;
  base::Path existing = lowest_;
  while (existing.has_relative_path() && !base::link_status(existing)) {
    missing.push_back(existing.filename());
    existing = existing.parent_path();
  }
  base::Directory directory = base::Directory::open_resolved(existing);
  for (const base::Path& name : std::ranges::reverse_view(missing)) {
    directory = make_or_open_parent(directory, name, created_);
    deepest_ = directory.path();
  }
  return directory;
}

bool ParentDirectories::is_lowest(const base::Directory& opened) const {
  const std::optional<base::FileStatus> found = base::link_status(lowest_);
  return found && found->same_file(opened.status());
}

ParentDirectories::~ParentDirectories() {
  try {
    base::Path directory = deepest_;
    for (std::size_t i = 0; i < created_ && directory.has_relative_path(); ++i) {
      const base::Directory above = base::Directory::open_resolved(directory.parent_path());
      // A directory stays if another program has put files into it.
      if (!above.remove_empty_directory(directory.filename())) return;
      directory = directory.parent_path();
    }
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): an empty directory stays
  }
}

base::Error not_ours(const base::Path& path, const std::string& reason) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + path.text() + "` is needed for staging, but is not ours: " + reason)
      .with_hint("nothing was changed; look at it, then remove it: ")
      .with_command("rm -rf -- " + shell_word(path));
}

}  // namespace ensure::install
