#include "bootstrap/target/link_modes.h"

#include <system_error>

namespace ensure::bootstrap {

index::LinkKind link_kind(install::LinkMode mode) {
  switch (mode) {
    case install::LinkMode::kHardlink:
      return index::LinkKind::kHard;
    case install::LinkMode::kSymlink:
      return index::LinkKind::kSymbolic;
    case install::LinkMode::kClone:
    case install::LinkMode::kCopy:
      break;
  }
  return index::LinkKind::kNone;
}

std::optional<std::string> copies_warning(const PackageRequest& request,
                                          const install::FileSharing& sharing) {
  if (!request.link_mode || sharing.refusal() == 0) return std::nullopt;
  return "files are copied, as `--link-mode " + std::string(install::name_of(*request.link_mode)) +
         "` cannot be done from the cache to the target: " +
         std::generic_category().message(sharing.refusal());
}

}  // namespace ensure::bootstrap
