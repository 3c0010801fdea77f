#include "installer/wheel/linkable_wheel.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "installer/wheel/zip/entry_reader.h"

namespace ensure::wheel {

namespace {

constexpr std::array<std::pair<std::string_view, LinkMode>, 4> kNames = {
    {{"clone", LinkMode::kClone},
     {"hardlink", LinkMode::kHardlink},
     {"copy", LinkMode::kCopy},
     {"symlink", LinkMode::kSymlink}}};

constexpr std::int64_t kNanoseconds = 1'000'000'000;

/// The mode of an unpacked file in the cache, whatever the umask is.
constexpr std::uint32_t unpacked_mode(bool executable) { return executable ? 0755 : 0644; }

/// Creates the missing directories of a relative path so that no other user may write to them,
/// whatever the umask is.
void make_directories(const base::Directory& top, const base::Path& path) {
  if (path.empty() || top.link_status(path)) return;
  make_directories(top, path.parent_path());
  top.make_directory(path, base::Permissions::kOwnerWrites);
}

}  // namespace

std::optional<LinkMode> try_parse_link_mode(std::string_view name) {
  const auto* const found =
      std::ranges::find(kNames, name, &std::pair<std::string_view, LinkMode>::first);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

std::string_view name_of(LinkMode mode) {
  return std::ranges::find(kNames, mode, &std::pair<std::string_view, LinkMode>::second)->first;
}

bool may_be_unpacked(const base::FileStatus& status, const WheelFile& file) {
  return status.type == base::FileType::kRegular && status.mode == unpacked_mode(file.executable) &&
         status.size == file.content.size() && status.is_own();
}

void set_mtime_fingerprint(const base::Directory& directory, const base::Path& path,
                           std::uint32_t crc32) {
  using std::chrono::system_clock;
  const auto now =
      std::chrono::floor<std::chrono::seconds>(system_clock::now().time_since_epoch()).count();
  directory.set_changed(path, now * kNanoseconds + crc32 % kNanoseconds);
}

bool has_mtime_fingerprint(const base::FileStatus& status, std::uint32_t crc32) {
  return status.modified % kNanoseconds == crc32 % kNanoseconds;
}

LinkableWheel::LinkableWheel(std::shared_ptr<const WheelArchive> wheel, base::Directory directory)
    : ForwardingSource(std::move(wheel)), directory_(std::move(directory)) {}

void LinkableWheel::read_part(std::size_t part, const Visitor& visit) const {
  std::optional<base::FileStatus> status;
  bool is_same = false;
  const auto is_elsewhere = [&](const WheelFile& file) {
    status = directory_.link_status(file.path);
    is_same =
        status && may_be_unpacked(*status, file) && has_mtime_fingerprint(*status, file.crc32);
    return is_same;
  };
  const auto visit_with_origin = [&](const WheelFile& file) {
    WheelFile found = file;
    // The content of a compressed file has its size only now.
    if (is_same || (status && may_be_unpacked(*status, file) && has_content(file))) {
      found.origin = &directory_;
      found.origin_path = directory_.path().text();
    }
    visit(found);
  };
  wheel().read_part(part, visit_with_origin, is_elsewhere);
}

/// Compares the file in the directory with the wheel: it may have been edited through a link to it.
bool LinkableWheel::has_content(const WheelFile& file) const {
  if (file.cached != nullptr) file.cached->check();
  const std::optional<base::File> found = directory_.open_file(file.path);
  return found && base::MappedFile(*found).bytes() == file.content;
}

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
