#include "installer/install/link_mode.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"

namespace ensure::install {

namespace {

using base::Descriptor;
using base::Directory;

constexpr std::array<std::pair<std::string_view, LinkMode>, 4> kNames = {
    {{"clone", LinkMode::kClone},
     {"hardlink", LinkMode::kHardlink},
     {"copy", LinkMode::kCopy},
     {"symlink", LinkMode::kSymlink}}};

/// Those of the original decide whether a file is executable; the umask does the rest.
bool clone_file(const Directory& folder, const std::string& name, const std::string& origin) {
  const Descriptor from(::open(origin.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!from || fstat(from.get(), &status) != 0) return false;
  const mode_t mode = (status.st_mode & 0111U) != 0 ? 0777 : 0666;
  const Descriptor to(openat(folder.descriptor(), name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!to) return false;
  if (ioctl(to.get(), FICLONE, from.get()) == 0) return true;
  (void)unlinkat(folder.descriptor(), name.c_str(), 0);
  return false;
}

/// Whether new files get the modes that files of the cache have: seen from the folder, which was
/// made by this run.
bool has_usual_modes(const Directory& folder) {
  constexpr std::uint32_t kUsual = 0755;
  return (folder.status().mode & 0777U) == kUsual;
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

bool make_link(const Directory& folder, const std::string& name, const std::string& origin,
               LinkMode mode) {
  switch (mode) {
    case LinkMode::kClone:
      return clone_file(folder, name, origin);
    case LinkMode::kHardlink:
      return has_usual_modes(folder) &&
             linkat(AT_FDCWD, origin.c_str(), folder.descriptor(), name.c_str(), 0) == 0;
    case LinkMode::kSymlink:
      return symlinkat(origin.c_str(), folder.descriptor(), name.c_str()) == 0;
    case LinkMode::kCopy:
      break;
  }
  return false;
}

LinkMode safe_link_mode(const Directory& from, const Directory& to) {
  const std::string name = ".ensure-clone-" + std::to_string(getpid());
  try {
    from.remove_tree(name);
    from.write_file(name, name);
    const bool cloned = clone_file(to, name, (from.path() / name).native());
    if (cloned) to.remove_tree(name);
    from.remove_tree(name);
    return cloned ? LinkMode::kClone : LinkMode::kCopy;
  } catch (const base::Error&) {
    return LinkMode::kCopy;  // a cache that cannot be written to
  }
}

}  // namespace ensure::install
