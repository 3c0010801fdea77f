#include "installer/wheel/unpacked_wheel.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::wheel {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPlain = 0644;
constexpr mode_t kExecutable = 0755;

}  // namespace

UnpackedWheel::UnpackedWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory folder)
    : wheel_(std::move(wheel)), folder_(std::move(folder)) {}

void UnpackedWheel::fill(const WheelArchive& wheel, const base::Directory& folder) {
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    wheel.read_part(part, [&folder](const WheelFile& file) {
      const fs::path path = file.path;
      (void)base::make_directories(folder.path() / path.parent_path());
      folder.write_file(path, file.content);
      const mode_t mode = file.executable ? kExecutable : kPlain;
      if (fchmodat(folder.descriptor(), path.c_str(), mode, 0) != 0) {
        throw base::FileError("set the mode of", (folder.path() / path).native(), errno);
      }
    });
  }
}

void UnpackedWheel::read_part(std::size_t part, const Visitor& visit) const {
  wheel_->read_part(part, [&](const WheelFile& file) {
    const std::string origin = (folder_.path() / file.path).native();
    WheelFile found = file;
    if (has_content(origin, file)) found.origin = origin;
    visit(found);
  });
}

/// What lies in the folder may have been edited through a link to it.
bool UnpackedWheel::has_content(const std::string& origin, const WheelFile& file) {
  const std::optional<base::FileStatus> status = base::link_status(origin);
  if (!status || status->type != base::FileType::kRegular || status->size != file.content.size() ||
      status->mode != (file.executable ? kExecutable : kPlain)) {
    return false;
  }
  return base::MappedFile(origin).bytes() == file.content;
}

}  // namespace ensure::wheel
