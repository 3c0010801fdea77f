#include "bootstrap/target/link_modes.h"

#include <system_error>

namespace ensure::bootstrap {

std::optional<std::string> copies_warning(const PackageRequest& request,
                                          const install::FileSharing& sharing) {
  if (!request.link_mode || sharing.failure() == 0) return std::nullopt;
  return "files are copied, as `--link-mode " + std::string(wheel::name_of(*request.link_mode)) +
         "` cannot be done from the cache to the target: " +
         std::generic_category().message(sharing.failure());
}

}  // namespace ensure::bootstrap
