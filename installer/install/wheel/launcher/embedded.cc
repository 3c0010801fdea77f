#include "installer/install/wheel/launcher/embedded.h"

#include <cstddef>

// Defined by embedded.S.in around the bytes of the program.
// NOLINTBEGIN(readability-identifier-naming): symbols of the assembler
extern "C" {
extern const char ensure_launcher_begin[];
extern const char ensure_launcher_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace ensure::install {

std::string_view relocatable_launcher() {
  return {ensure_launcher_begin,
          static_cast<std::size_t>(ensure_launcher_end - ensure_launcher_begin)};
}

}  // namespace ensure::install
