#pragma once

#include <optional>
#include <string_view>

namespace ensure::install {

/// How a file of the cache becomes one of a target (`--link-mode`).
enum class LinkMode {
  /// Large files share the blocks of those in the cache until one of both is written to (FICLONE,
  /// FICLONERANGE); small ones are copied, which is as fast. No edit of one target shows in
  /// another, so it is the default. Where a file system cannot do it, files are copied.
  kClone,
  kHardlink,  ///< is the same file: an edit shows everywhere
  kCopy,
  kSymlink,  ///< leads into the cache, which then must stay
};

/// The mode of a name, "clone" for instance; none for any other.
[[nodiscard]] std::optional<LinkMode> try_parse_link_mode(std::string_view name);
[[nodiscard]] std::string_view name_of(LinkMode mode);

}  // namespace ensure::install
