#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "installer/specs/metadata/distribution_filename.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"

namespace ensure::specs {
namespace {

using nlohmann::json;
using tests::walk_conformance;

std::string text_of(const json& value) { return value.get<std::string>(); }

/// Checks that every text of a list is refused by a type.
template <class Value>
void check_invalid(const std::string& list, const std::string& /*document*/) {
  for (const json& text : json::parse(list)) {
    INFO(text.dump());
    CHECK_FALSE(Value::try_parse(text_of(text)).has_value());
  }
}

void check_wheel_filenames(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const WheelFilename wheel = WheelFilename::parse(text_of(row["filename"]));
    CHECK(wheel.name().normalized() == text_of(row["name"]));
    CHECK(wheel.version().to_string() == text_of(row["version"]));
    REQUIRE(wheel.build().has_value() == !row["build"].empty());
    if (wheel.build()) {
      CHECK(wheel.build()->number.to_string() == row["build"][0].dump());
      CHECK(wheel.build()->rest == text_of(row["build"][1]));
    }
    std::vector<std::string> tags;
    for (const Tag& tag : wheel.tags()) tags.push_back(tag.to_string());
    std::sort(tags.begin(), tags.end());
    CHECK(tags == row["tags"].get<std::vector<std::string>>());
  }
}

void check_sdist_filenames(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const std::optional<SdistFilename> sdist = SdistFilename::try_parse(text_of(row[0]));
    REQUIRE(sdist.has_value());
    CHECK(sdist->name.normalized() == text_of(row[1]));
    CHECK(sdist->version.to_string() == text_of(row[2]));
  }
}

}  // namespace

TEST_CASE("file names are those of the reference implementation", "[specs][WheelFilename]") {
  walk_conformance("wheel_filenames", {{"cases", check_wheel_filenames},
                                       {"invalid", check_invalid<WheelFilename>},
                                       {"unsafe", check_invalid<WheelFilename>},
                                       {"sdists", check_sdist_filenames},
                                       {"sdists_invalid", check_invalid<SdistFilename>}});
}

}  // namespace ensure::specs
