#include "installer/install/transaction/parent_directories.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <ranges>
#include <vector>

#include "installer/base/error.h"

namespace ensure::install {

namespace {

/// Creates the directory, or opens the one that another process has created just before.
base::Directory make_or_open(const base::Directory& parent, const fs::path& name,
                             std::size_t& created) {
  try {
    base::Directory directory = parent.create_directory(name);
    ++created;
    return directory;
  } catch (const base::FileError& error) {
    if (error.error_number() != EEXIST) throw;
  }
  return parent.open_directory(name);
}

}  // namespace

base::Directory ParentDirectories::open() {
  std::vector<fs::path> missing;
  fs::path existing = lowest_;
  while (existing.has_relative_path() && !base::link_status(existing)) {
    missing.push_back(existing.filename());
    existing = existing.parent_path();
  }
  base::Directory directory = base::Directory::open_resolved(existing);
  for (const fs::path& name : std::ranges::reverse_view(missing)) {
    directory = make_or_open(directory, name, created_);
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
    fs::path directory = deepest_;
    for (std::size_t i = 0; i < created_ && directory.has_relative_path(); ++i) {
      const base::Directory above = base::Directory::open_resolved(directory.parent_path());
      // A directory stays if another program has put files into it.
      if (!above.remove_empty_directory(directory.filename())) return;
      directory = directory.parent_path();
    }
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): an empty directory stays
  }
}

void ParentDirectories::take_over(std::size_t count) { created_ = std::max(created_, count); }

}  // namespace ensure::install
