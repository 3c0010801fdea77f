#include "bundled/payload/damage.h"

#include <string>

namespace ensure::bundled {

base::Error damaged_bundle(std::string_view detail) {
  return base::Error(base::ExitCode::kVerification,
                     "the archive inside this program is damaged: " + std::string(detail))
      .with_hint("install the program again from where it came; this copy was changed or cut off");
}

}  // namespace ensure::bundled
