#include <string>
#include <variant>

#include "installer/index/metadata/metadata_source.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

resolve::MetadataAnswer answer_for(const std::string& fields) {
  return read_metadata("Metadata-Version: 2.1\nName: a\nVersion: 1\n" + fields,
                       specs::PackageName::parse("a"), specs::Version::parse("1"))
      .answer;
}

std::string requirements(std::size_t count, const std::string& name) {
  std::string fields;
  for (std::size_t i = 0; i < count; ++i) {
    fields += "Requires-Dist: " + name + std::to_string(i) + "\n";
  }
  return fields;
}

}  // namespace

TEST_CASE("a requirement that is repeated is read once", "[index][bounds]") {
  std::string fields = "Requires-Dist: c\n";
  for (int i = 0; i < 10'000; ++i) fields += "Requires-Dist: b>=1\n";
  const auto answer = answer_for(fields);
  REQUIRE(std::holds_alternative<resolve::Metadata>(answer));
  CHECK(std::get<resolve::Metadata>(answer).requires_dist.size() == 2);
}

TEST_CASE("absurdly many requirements make a version unusable", "[index][bounds]") {
  CHECK(std::holds_alternative<resolve::Metadata>(answer_for(requirements(50'000, "b"))));
  const auto answer = answer_for(requirements(50'001, "b"));
  REQUIRE(std::holds_alternative<resolve::Unavailable>(answer));
  CHECK(std::get<resolve::Unavailable>(answer).text.find("more than 50000") != std::string::npos);
}

}  // namespace ensure::index
