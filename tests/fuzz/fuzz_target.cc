#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "installer/base/error.h"

namespace ensure::fuzz {

const FuzzTarget* find_target(std::string_view name) {
  for (const std::span<const FuzzTarget> targets :
       std::array{version_targets(), metadata_targets(), document_targets(), archive_targets(),
                  local_file_targets()}) {
    const auto found = std::ranges::find(targets, name, &FuzzTarget::name);
    if (found != targets.end()) return &*found;
  }
  return nullptr;
}

bool accepts(const FuzzTarget& target, std::string_view bytes) {
  try {
    target.run(bytes);
    return true;
  } catch (const base::Error& error) {
    require(!error.message().empty(), "an error has a message");
    return false;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s threw: %s\n", std::string(target.name).c_str(), error.what());
    std::abort();
  }
}

void require(bool holds, const char* rule) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %s\n", rule);
  std::abort();
}

}  // namespace ensure::fuzz
