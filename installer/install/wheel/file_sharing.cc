#include "installer/install/wheel/file_sharing.h"

#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::install {

namespace {

using base::Directory;

/// Whether new files get the same modes as files of the cache. The directory, which this run has
/// created, shows it.
bool has_usual_modes(const Directory& directory) {
  constexpr std::uint32_t kUsual = 0755;
  return (directory.status().mode & 0777U) == kUsual;
}

}  // namespace

void FileSharing::note_failure(const base::FileError& error) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = error.reason();
  has_failed_ = true;
}

std::string FileSharing::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool make_link(const Directory& directory, const std::string& name, const wheel::WheelFile& file,
               FileSharing& sharing) {
  if (file.origin == nullptr || !sharing.is_possible()) return false;
  const std::string path(file.path);
  const Directory& origin = *file.origin;
  try {
    switch (sharing.mode()) {
      case wheel::LinkMode::kCopy:
        return false;
      case wheel::LinkMode::kClone:
        directory.clone_file(name, origin, path);
        break;
      case wheel::LinkMode::kHardlink:
        // Not a failure of the file system: another directory may have the usual modes.
        if (!has_usual_modes(directory)) return false;
        directory.hard_link(name, origin, path);
        break;
      case wheel::LinkMode::kSymlink:
        directory.create_link(name, std::string(file.origin_path) + '/' + path);
        break;
    }
    return true;
  } catch (const base::FileError& error) {
    sharing.note_failure(error);
    return false;
  }
}

bool clone_content(const wheel::CachedContent& content, const base::File& file,
                   FileSharing& sharing) {
  if (sharing.mode() != wheel::LinkMode::kClone || !sharing.is_possible()) return false;
  content.check();
  const std::uint64_t whole = content.size() / wheel::kStoredAlignment * wheel::kStoredAlignment;
  try {
    file.clone_range(content.file(), content.offset(), whole);
  } catch (const base::FileError& error) {
    sharing.note_failure(error);
    return false;
  }
  std::string rest(content.size() - whole, '\0');
  content.file().read_at(content.offset() + whole, rest.data(), rest.size());
  file.write(rest);
  return true;
}

}  // namespace ensure::install
