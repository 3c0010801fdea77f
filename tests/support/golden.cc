#include "tests/support/golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "tests/support/catch.h"
#include "tests/support/file_system.h"

namespace ensure::tests {
namespace {

bool is_accepting() {
  const char* const accept = std::getenv("ENSURE_TEST_ACCEPT");
  return accept != nullptr && std::string_view(accept) == "1";
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::ofstream(path, std::ios::binary) << text;
}

std::string read(const fs::path& path) {
  fs::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace

void check_golden(const fs::path& file, const std::string& text) {
  const fs::path path = fs::path(ENSURE_SOURCE_DIRECTORY) / file;
  if (is_accepting()) write(path, text);
  INFO("golden file " << file.text() << "; ENSURE_TEST_ACCEPT=1 accepts what there is now");
  CHECK(read(path) == text);
}

}  // namespace ensure::tests
