#include "installer/install/wheel/destination.h"

#include <algorithm>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_writer.h"

namespace ensure::install {

namespace {

using base::Directory;
using base::Permissions;

constexpr std::string_view kAlias = "lib64";

/// How many directories a writer keeps open; `base::useful_writers` counts on it.
constexpr std::size_t kMostOpen = 3;

/// Another thread, or another wheel, may have created the directory already.
Directory make_or_open(const Directory& parent, const base::Path& name) {
  parent.make_directory(name);
  return parent.open_directory(name);
}

/// Like `make_or_open`; also follows a link to a name in the same directory, such as the `lib64` of
/// an environment. Follows no other link.
Directory make_or_open_alias(const Directory& parent, const base::Path& name) {
  const base::Path other = parent.read_link(name).value_or(base::Path());
  const bool is_alias = !other.empty() && other != ".." && other.filename() == other;
  return make_or_open(parent, is_alias ? other : name);
}

/// Like `make_or_open`; also follows links.
Directory make_or_follow(const Directory& parent, const base::Path& name) {
  const std::optional<base::FileStatus> status = parent.link_status(name);
  if (!status || status->type != base::FileType::kLink) return make_or_open(parent, name);
  const std::optional<base::Path> real = base::real_path(parent.path() / name);
  if (!real) {
    throw base::FileError("open the directory", (parent.path() / name).text(),
                          base::FileFailure::kMissing);
  }
  return Directory::open(*real);
}

/// Whether new files get the same modes as files of the cache. The directory, which this run has
/// created, shows it.
bool has_usual_modes(const Directory& directory) {
  constexpr std::uint32_t kUsual = 0755;
  return (directory.status().mode & 0777U) == kUsual;
}

/// Makes an empty file share the blocks of content that is aligned to them, in the mode `clone`
/// only; writes the last bytes, less than a block. Returns false, with nothing done, if the file
/// systems cannot do that. Throws `Error` (`kVerification`) if the content is damaged.
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

}  // namespace

void WheelDestination::map(const base::TargetPath& logical, const Directory& directory) {
  mappings_.push_back({logical.lexically_normal(), &directory});
}

Directory WheelDestination::open_directory(const base::TargetPath& logical) const {
  const base::TargetPath wanted = logical.lexically_normal();
  const Mapping* innermost = nullptr;
  for (const Mapping& mapping : mappings_) {
    if (!wanted.is_at_or_below(mapping.logical)) continue;
    if (innermost == nullptr || mapping.logical.is_at_or_below(innermost->logical)) {
      innermost = &mapping;
    }
  }
  if (innermost == nullptr) {
    throw base::Error(base::ExitCode::kFailure,
                      "no staged directory is prepared for `" + wanted.text() + "`");
  }
  Directory directory = innermost->directory->open_below({});
  for (const base::Path& name : wanted.relative_to(innermost->logical)) {
    if (name != ".") directory = make_or_follow(directory, name);
  }
  return directory;
}

void FileSharing::note_failure(const base::FileError& error) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = error.reason();
  has_failed_ = true;
}

std::string FileSharing::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void FileWriter::write(std::string_view path, std::string_view content, bool executable) {
  const auto [directory, name] = place(path);
  directory.write_file(name, content, executable ? Permissions::kExecutable : Permissions::kPlain);
}

void FileWriter::write(std::string_view path, const wheel::CachedContent& content, bool executable,
                       FileSharing& sharing) {
  const auto [directory, name] = place(path);
  const base::File file =
      directory.create_file(name, executable ? Permissions::kExecutable : Permissions::kPlain);
  if (clone_content(content, file, sharing)) return;
  content.read([&](std::string_view piece) { file.write(piece); });
}

bool FileWriter::link(std::string_view path, const wheel::WheelFile& file, FileSharing& sharing) {
  if (file.origin == nullptr || !sharing.is_possible()) return false;
  const Directory& origin = *file.origin;
  const auto [directory, name] = place(path);
  try {
    switch (sharing.mode()) {
      case wheel::LinkMode::kCopy:
        return false;
      case wheel::LinkMode::kClone:
        directory.clone_file(name, origin, file.path);
        break;
      case wheel::LinkMode::kHardlink:
        // Not a failure of the file system: another directory may have the usual modes.
        if (!has_usual_modes(directory)) return false;
        directory.hard_link(name, origin, file.path);
        break;
      case wheel::LinkMode::kSymlink:
        directory.create_link(name, std::string(file.origin_path).append("/").append(file.path));
        break;
    }
    return true;
  } catch (const base::FileError& error) {
    sharing.note_failure(error);
    return false;
  }
}

std::pair<const Directory&, std::string_view> FileWriter::place(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {root_, path};
  return {directory(path.substr(0, slash)), path.substr(slash + 1)};
}

const Directory& FileWriter::directory(std::string_view path) {
  const auto is_above = [&](const OpenDirectory& open) {
    return path == open.path || (path.starts_with(open.path) && path[open.path.size()] == '/');
  };
  while (!open_directories_.empty() && !is_above(open_directories_.back()))
    open_directories_.pop_back();
  std::size_t done = open_directories_.empty() ? 0 : open_directories_.back().path.size() + 1;
  while (done < path.size()) {
    const std::size_t end = std::min(path.find('/', done), path.size());
    const Directory& parent =
        open_directories_.empty() ? root_ : open_directories_.back().directory;
    const std::string_view name = path.substr(done, end - done);
    Directory opened =
        name == kAlias ? make_or_open_alias(parent, name) : make_or_open(parent, name);
    if (open_directories_.size() == kMostOpen) open_directories_.erase(open_directories_.begin());
    open_directories_.push_back({std::string(path.substr(0, end)), std::move(opened)});
    done = end + 1;
  }
  return open_directories_.back().directory;
}

}  // namespace ensure::install
