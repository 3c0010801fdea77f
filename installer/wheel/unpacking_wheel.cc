#include "installer/wheel/unpacking_wheel.h"

#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "installer/wheel/stored_content.h"

namespace ensure::wheel {

struct UnpackingWheel::State {
  std::atomic<std::size_t> parts_left;
  std::atomic<bool> is_whole = true;
};

UnpackingWheel::UnpackingWheel(std::shared_ptr<const WheelSource> wheel, Target target)
    : wheel_(std::move(wheel)),
      target_(std::move(target)),
      state_(std::make_unique<State>(wheel_->part_count())) {}

UnpackingWheel::~UnpackingWheel() = default;

void UnpackingWheel::read_part(std::size_t part, const Visitor& visit) const {
  std::string last_folder;
  wheel_->read_part(part, [&](const WheelFile& file) {
    const std::string origin = target_.origin + '/' + std::string(file.path);
    WheelFile found = file;
    if (state_->is_whole && write(file, last_folder)) found.origin = origin;
    visit(found);
  });
  if (--state_->parts_left > 0 || !state_->is_whole || target_.keep()) return;
  if (!target_.must_be_kept) return;
  throw base::Error(base::ExitCode::kFileSystem, "`" + target_.origin + "` cannot be kept")
      .with_hint("make room on the file system of the cache, or choose `--link-mode copy`");
}

bool UnpackingWheel::write(const WheelFile& file, std::string& last_folder) const {
  try {
    if (file.stored != nullptr) file.stored->check();
    const std::filesystem::path path = file.path;
    if (const std::string folder = path.parent_path(); folder != last_folder) {
      (void)base::make_directories(target_.folder->path() / folder);
      last_folder = folder;
    }
    target_.folder->write_file(path, file.content);
    if (fchmodat(target_.folder->descriptor(), path.c_str(), unpacked_mode(file.executable), 0) !=
        0) {
      throw base::FileError("set the mode of", (target_.folder->path() / path).native(), errno);
    }
    return true;
  } catch (const base::FileError& error) {
    state_->is_whole = false;
    target_.give_up(error);
    if (target_.must_be_kept) throw;
    return false;
  }
}

}  // namespace ensure::wheel
