#include "installer/install/parent_folders.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "installer/base/files.h"

namespace ensure::install {

ParentFolders::ParentFolders(const fs::path& staging_path) : lowest_(staging_path.parent_path()) {
  const std::optional<fs::path> topmost = base::make_directories(lowest_);
  if (!topmost) return;
  const auto depth = [](const fs::path& path) { return std::distance(path.begin(), path.end()); };
  created_ = static_cast<std::size_t>(depth(lowest_) - depth(*topmost)) + 1;
}

ParentFolders::~ParentFolders() {
  fs::path folder = lowest_;
  // What somebody has put into a folder keeps it alive.
  for (std::size_t i = 0; i < created_ && rmdir(folder.c_str()) == 0; ++i) {
    folder = folder.parent_path();
  }
}

void ParentFolders::take_over(std::size_t count) { created_ = std::max(created_, count); }

}  // namespace ensure::install
