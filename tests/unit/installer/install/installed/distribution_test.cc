#include "installer/install/installed/distribution.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

Distribution install(const fs::path& directory, const std::string& metadata) {
  put(directory / "demo-1.0.dist-info/METADATA", metadata);
  return find_distributions(directory).front();
}

}  // namespace

TEST_CASE("the description in METADATA has no fields", "[install][distribution]") {
  const tests::TempDir directory;
  const Distribution demo =
      install(directory.path(), "Name: demo\nRequires-Dist: a\n\nRequires-Dist: b\n");
  CHECK(metadata_headers(demo).all("Requires-Dist") == std::vector<std::string>{"a"});
  fs::remove(demo.dist_info / "METADATA");
  CHECK(metadata_headers(demo).all("Requires-Dist").empty());
}

TEST_CASE("an error in METADATA names the file", "[install][distribution]") {
  const tests::TempDir directory;
  std::string text;
  for (int i = 0; i <= 100'000; ++i) text += "Requires-Dist: a\n";
  const Distribution demo = install(directory.path(), text);
  try {
    (void)metadata_headers(demo);
    FAIL("was accepted");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kVerification);
    REQUIRE(!error.contexts().empty());
    CHECK(error.contexts().back().find("demo-1.0.dist-info/METADATA") != std::string::npos);
  }
}

}  // namespace ensure::install
