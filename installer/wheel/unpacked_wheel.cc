#include "installer/wheel/unpacked_wheel.h"

#include <utility>

#include "installer/wheel/stored_content.h"
#include "installer/wheel/unpacking_wheel.h"

namespace ensure::wheel {

UnpackedWheel::UnpackedWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory folder)
    : ForwardingSource(std::move(wheel)), folder_(std::move(folder)) {}

void UnpackedWheel::read_part(std::size_t part, const Visitor& visit) const {
  const std::string prefix = folder_.path().native() + '/';
  std::string origin;
  bool is_same = false;
  const auto is_elsewhere = [&](const WheelFile& file) {
    origin = prefix + std::string(file.path);
    return is_same = is_sealed(origin, file);
  };
  const auto visit_with_origin = [&](const WheelFile& file) {
    WheelFile found = file;
    if (is_same || has_content(origin, file)) found.origin = origin;
    visit(found);
  };
  wheel().read_part(part, visit_with_origin, is_elsewhere);
}

/// What lies in the folder may have been edited through a link to it.
bool UnpackedWheel::has_content(const std::string& origin, const WheelFile& file) {
  const std::optional<base::FileStatus> status = base::link_status(origin);
  if (!status || status->type != base::FileType::kRegular || status->size != file.content.size() ||
      status->mode != unpacked_mode(file.executable)) {
    return false;
  }
  if (file.stored != nullptr) file.stored->check();
  return base::MappedFile(origin).bytes() == file.content;
}

}  // namespace ensure::wheel
