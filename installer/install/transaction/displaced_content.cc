#include "installer/install/transaction/displaced_content.h"

#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/file.h"

namespace ensure::install {

namespace {

constexpr const char* kStagingInside = ".ensure";  // the lock of the target itself

bool is_bytecode(const base::Path& path, const std::string& name) {
  const base::Path directory = path.has_filename() ? path : path.parent_path();
  // Python writes `NAME.TAG.pyc.NUMBER` first, and renames it.
  return directory.filename() == "__pycache__" && name.find(".pyc") != std::string::npos;
}

/// Ignores times after `now`: they come from a clock that was set back since.
bool is_between(std::int64_t time, std::int64_t begin, std::int64_t now) {
  return time > begin && time <= now;
}

}  // namespace

std::optional<base::Path> changed_since(const OpenEntry& displaced, const base::Path& name,
                                        std::int64_t begin) {
  const std::optional<base::FileStatus> top = displaced.status();
  if (!top) return std::nullopt;
  // The move has just changed the parent directory, so its change time is now.
  const std::int64_t now = displaced.parent.status().changed;
  if (top->type != base::FileType::kDirectory) {
    // Not the change time, which the rename itself has changed.
    const bool changed = is_between(top->modified, begin, now) && name.extension() != ".pyc";
    return changed ? std::optional(name) : std::nullopt;
  }
  const base::Directory directory = displaced.parent.open_directory(displaced.name);
  std::vector<base::Path> pending{base::Path()};
  while (!pending.empty()) {
    const base::Path path = std::move(pending.back());
    pending.pop_back();
    const base::Directory current = directory.open_below(path);
    for (const std::string& entry : current.list()) {
      const std::optional<base::FileStatus> status = current.link_status(entry);
      if (!status || is_bytecode(name / path, entry)) continue;
      if (status->type == base::FileType::kDirectory) {
        if (path.empty() && entry == kStagingInside) continue;
        pending.push_back(path / entry);
      } else if (is_between(status->links == 1 ? status->changed : status->modified, begin, now)) {
        return name / path / entry;
      }
    }
  }
  return std::nullopt;
}

}  // namespace ensure::install
