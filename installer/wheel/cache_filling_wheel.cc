#include "installer/wheel/cache_filling_wheel.h"

#include <utility>

#include "installer/base/path.h"
#include "installer/wheel/linkable_wheel.h"
#include "installer/wheel/zip/entry_reader.h"

namespace ensure::wheel {

namespace {

/// Creates the missing directories of a relative path so that no other user may write to them,
/// whatever the umask is.
void make_directories(const base::Directory& top, const base::Path& path) {
  if (path.empty() || top.link_status(path)) return;
  make_directories(top, path.parent_path());
  top.make_directory(path, base::Permissions::kOwnerWrites);
}

}  // namespace

CacheFillingWheel::CacheFillingWheel(std::shared_ptr<const WheelSource> wheel, Target target)
    : ForwardingSource(std::move(wheel)), target_(std::move(target)) {}

void CacheFillingWheel::read_part(std::size_t part, const Visitor& visit) const {
  std::string last_parent;
  wheel().read_part(part, [&](const WheelFile& file) {
    WheelFile found = file;
    if (is_whole_ && write(file, last_parent)) {
      found.origin = target_.directory;
      found.origin_path = target_.origin;
    }
    visit(found);
  });
  if (!finish_part() || !is_whole_ || target_.keep() || !target_.must_be_kept) return;
  throw base::Error(base::ExitCode::kFileSystem, "`" + target_.origin + "` cannot be kept")
      .with_hint("make room on the file system of the cache, or choose `--link-mode copy`");
}

bool CacheFillingWheel::write(const WheelFile& file, std::string& last_parent) const {
  const base::Directory& top = *target_.directory;
  try {
    if (file.cached != nullptr) file.cached->check();
    const base::Path path = file.path;
    if (const std::string parent = path.parent_path().text(); parent != last_parent) {
      make_directories(top, parent);
      last_parent = parent;
    }
    top.write_file(path, file.content, base::Permissions::kOwnerWrites);
    top.set_mode(path, unpacked_mode(file.executable));
    set_mtime_fingerprint(top, path, file.crc32);
    return true;
  } catch (const base::FileError& error) {
    is_whole_ = false;
    target_.give_up(error);
    if (target_.must_be_kept) throw;
    return false;
  }
}

}  // namespace ensure::wheel
