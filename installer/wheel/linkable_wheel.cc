#include "installer/wheel/linkable_wheel.h"

#include <fcntl.h>

#include <optional>
#include <string>
#include <utility>

#include "installer/wheel/cache_filling_wheel.h"
#include "installer/wheel/cached_content.h"

namespace ensure::wheel {

LinkableWheel::LinkableWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory folder)
    : ForwardingSource(std::move(wheel)), folder_(std::move(folder)) {}

void LinkableWheel::read_part(std::size_t part, const Visitor& visit) const {
  bool is_same = false;
  const auto is_elsewhere = [&](const WheelFile& file) {
    return is_same = has_mtime_fingerprint(folder_, file);
  };
  const auto visit_with_origin = [&](const WheelFile& file) {
    WheelFile found = file;
    if (is_same || has_content(file)) {
      found.origin = &folder_;
      found.origin_path = folder_.path().native();
    }
    visit(found);
  };
  wheel().read_part(part, visit_with_origin, is_elsewhere);
}

/// What lies in the folder may have been edited through a link to it.
bool LinkableWheel::has_content(const WheelFile& file) const {
  const std::string path(file.path);
  const std::optional<base::FileStatus> status = folder_.link_status(path);
  if (!status || !is_unpacked_file(*status, file)) return false;
  if (file.cached != nullptr) file.cached->check();
  const base::Descriptor found(
      openat(folder_.descriptor(), path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  return found && base::MappedFile(found, folder_.path() / path).bytes() == file.content;
}

}  // namespace ensure::wheel
