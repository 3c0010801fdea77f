#include <cstddef>
#include <string_view>

#include "bundled/payload/bundle.h"

// Defined by payload.S.in around the bytes of the payload.
// NOLINTBEGIN(readability-identifier-naming): symbols of the assembler
extern "C" {
extern const char ensure_payload_begin[];
extern const char ensure_payload_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace ensure::bundled {

std::string_view embedded_payload() {
  // NOLINTNEXTLINE(clang-analyzer-security.PointerSub): both labels are of one array
  const std::ptrdiff_t size = ensure_payload_end - ensure_payload_begin;
  return {ensure_payload_begin, static_cast<std::size_t>(size)};
}

}  // namespace ensure::bundled
