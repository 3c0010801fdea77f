#include "bundled/pack/pack_options.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"

namespace ensure::bundled {

namespace {

const std::vector<std::string> kNeeded{"--compiler", "c.py", "--work", "w",
                                       "--output",   "o",    "a.whl"};

std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.end(), kNeeded.begin(), kNeeded.end());
  return more;
}

}  // namespace

TEST_CASE("The options of the pack program are read", "[bundled][PackOptions]") {
  const PackOptions options = PackOptions::parse(
      with({"--python", "p1", "b.whl", "--python", "p2", "--pins", "pins.json", "--limit", "12"}));
  CHECK(options.wheels == std::vector<fs::path>{"b.whl", "a.whl"});
  CHECK(options.pythons == std::vector<fs::path>{"p1", "p2"});
  CHECK(options.pins == fs::path("pins.json"));
  CHECK(options.limit == 12);
  CHECK(options.required_bytecode.empty());
  CHECK(PackOptions::parse(with({"--require-bytecode", "3.12"})).required_bytecode ==
        std::vector<std::string>{"3.12"});
  CHECK(PackOptions::parse(kNeeded).pins.empty());
}

TEST_CASE("Wrong options of the pack program are refused", "[bundled][PackOptions]") {
  CHECK_THROWS_AS(PackOptions::parse({}), base::Error);
  CHECK_THROWS_AS(PackOptions::parse({"a.whl"}), base::Error);
  CHECK_THROWS_AS(PackOptions::parse(with({"--unknown", "x"})), base::Error);
  CHECK_THROWS_AS(PackOptions::parse(with({"--limit", "12k"})), base::Error);
  CHECK_THROWS_AS(PackOptions::parse(with({"--limit", ""})), base::Error);
  std::vector<std::string> unfinished = kNeeded;
  unfinished.emplace_back("--python");
  CHECK_THROWS_AS(PackOptions::parse(unfinished), base::Error);
}

}  // namespace ensure::bundled
