// The entry points of libFuzzer. The variable ENSURE_FUZZ_TARGET names the parser to run.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/fuzz_target.h"

namespace {

const ensure::fuzz::FuzzTarget* chosen_target() {
  const char* const name = std::getenv("ENSURE_FUZZ_TARGET");
  const auto* const target = ensure::fuzz::find_target(name == nullptr ? "" : name);
  if (target != nullptr) return target;
  std::fputs("ENSURE_FUZZ_TARGET must name a directory of tests/fuzz/corpus\n", stderr);
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ensure::fuzz::FuzzTarget* const kTarget = chosen_target();
  ensure::fuzz::accepts(*kTarget, {reinterpret_cast<const char*>(data), size});
  return 0;
}
