#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conformance_values.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/version.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"

namespace ensure::specs {
namespace {

using nlohmann::json;
using tests::walk_conformance;

/// The whole list that an environment stands for in the data.
std::vector<std::string> expected_tags(const json& environment) {
  std::vector<std::string> tags;
  for (const json& block : environment["blocks"]) {
    const std::string prefix = text_of(block[0]) + '-';
    if (block[1] != "P") {
      tags.push_back(prefix + text_of(block[1]));
      continue;
    }
    for (const json& platform : environment["platforms"])
      tags.push_back(prefix + text_of(platform));
  }
  return tags;
}

void check_environments(const json& environments) {
  for (const auto& [name, environment] : environments.items()) {
    INFO(name);
    const TagSet set = tags_of(environment);
    const std::vector<std::string> tags = expected_tags(environment);
    CHECK(set.size() == environment["count"].get<std::size_t>());
    CHECK(set.size() == tags.size());
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (set.rank(*try_parse_tags(tags[i])) != i) FAIL_CHECK("wrong rank of " << tags[i]);
    }
  }
}

void check_compatible(const std::string& list, const std::string& document) {
  const json environments = json::parse(document)["environments"];
  check_environments(environments);
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const std::optional<std::vector<Tag>> tags = try_parse_tags(text_of(row[1]));
    REQUIRE(tags.has_value());
    CHECK(tags_of(environments[text_of(row[0])]).rank(*tags).has_value() == row[2].get<bool>());
  }
}

/// The wheel to take: of the best tag, then of the highest build number.
std::optional<std::string> select(const json& filenames, const TagSet& set) {
  std::optional<WheelFilename> best;
  for (const json& filename : filenames) {
    const WheelFilename wheel = WheelFilename::parse(text_of(filename));
    const std::optional<std::size_t> rank = set.rank(wheel.tags());
    if (!rank) continue;
    const std::optional<std::size_t> best_rank = best ? set.rank(best->tags()) : std::nullopt;
    if (!best || rank < best_rank || (rank == best_rank && best->build() < wheel.build())) {
      best = wheel;
    }
  }
  if (!best) return std::nullopt;
  return best->to_string();
}

void check_select(const std::string& list, const std::string& document) {
  const json environments = json::parse(document)["environments"];
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const std::optional<std::string> chosen =
        select(row[1], tags_of(environments[text_of(row[0])]));
    CHECK(chosen.has_value() == !row[2].is_null());
    if (chosen && row[2].is_string()) CHECK(*chosen == text_of(row[2]));
  }
}

}  // namespace

TEST_CASE("tags are those of the reference implementation", "[specs][TagSet]") {
  walk_conformance("tags", {{"compatible", check_compatible}, {"select", check_select}});
}

}  // namespace ensure::specs
