// Runs every input of tests/fuzz/corpus through its target, and each cut off at several lengths.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/fuzz/fuzz_target.h"
#include "tests/support/catch.h"

namespace fs = std::filesystem;
using ensure::fuzz::FuzzTarget;

namespace {

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A heap block of its own for each input, so that reading past its end is found.
void run(const FuzzTarget& target, std::string_view bytes) {
  const std::string copy(bytes);
  ensure::fuzz::accepts(target, copy);
}

}  // namespace

TEST_CASE("every input of the fuzzing corpus is accepted or refused, and nothing else") {
  for (const fs::directory_entry& directory : fs::directory_iterator(ENSURE_FUZZ_CORPUS)) {
    const std::string name = directory.path().filename();
    const FuzzTarget* const target = ensure::fuzz::find_target(name);
    INFO("tests/fuzz/corpus/" << name);
    REQUIRE(target != nullptr);
    for (const fs::directory_entry& input : fs::directory_iterator(directory)) {
      const std::string bytes = content_of(input);
      run(*target, bytes);
      for (std::size_t part = 0; part < 8; ++part) {
        run(*target, std::string_view(bytes).substr(0, bytes.size() * part / 8));
      }
    }
  }
}

TEST_CASE("every fuzzing target accepts an input of its corpus") {
  for (const auto& targets : {ensure::fuzz::version_targets(), ensure::fuzz::metadata_targets(),
                              ensure::fuzz::document_targets(), ensure::fuzz::archive_targets(),
                              ensure::fuzz::local_file_targets()}) {
    for (const FuzzTarget& target : targets) {
      INFO(std::string(target.name));
      std::size_t accepted = 0;
      for (const auto& input : fs::directory_iterator(fs::path(ENSURE_FUZZ_CORPUS) / target.name)) {
        accepted += ensure::fuzz::accepts(target, content_of(input)) ? 1 : 0;
      }
      CHECK(accepted > 0);
    }
  }
}
