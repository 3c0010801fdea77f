#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"

namespace ensure::install {

/// How a file of the cache becomes one of a target (`--link-mode`).
enum class LinkMode {
  kClone,     ///< shares the blocks until one of both is written to (FICLONE)
  kHardlink,  ///< is the same file: an edit shows everywhere
  kCopy,
  kSymlink,  ///< leads into the cache, which then must stay
};

/// The mode of a name, "clone" for instance; none for any other.
[[nodiscard]] std::optional<LinkMode> try_parse_link_mode(std::string_view name);
[[nodiscard]] std::string_view name_of(LinkMode mode);

/// The fastest mode in which no edit of one target can be seen in another: clones where files of
/// the folder `from` can be cloned into the folder `to`, else copies. Tries it with a file of a
/// few bytes, which is removed again.
[[nodiscard]] LinkMode safe_link_mode(const base::Directory& from, const base::Directory& to);

/// Creates `name` in `folder` as a clone of or a link to the file `origin`. False, with nothing
/// created, where that cannot be done, and for copies, which are not made here. Where new files get
/// another mode than the cache's 0644 and 0755, because of the umask, none is made a hard link.
[[nodiscard]] bool make_link(const base::Directory& folder, const std::string& name,
                             const std::string& origin, LinkMode mode);

}  // namespace ensure::install
