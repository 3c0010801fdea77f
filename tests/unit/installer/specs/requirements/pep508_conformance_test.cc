#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance_values.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/requirement.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"

namespace ensure::specs {
namespace {

using nlohmann::json;
using tests::walk_conformance;

using Pairs = std::vector<std::pair<std::string, std::string>>;

void check_markers(const std::string& list, const std::string& document) {
  const json environments = json::parse(document)["environments"];
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const std::optional<Marker> marker = Marker::try_parse(text_of(row[0]));
    CHECK(marker.has_value() == (row[3] != "invalid"));
    if (!marker) continue;
    json values = environments[text_of(row[1])];
    values.update(row[2]);
    MarkerSelection selection;
    if (values.contains("extra")) selection.extras.push_back(text_of(values["extra"]));
    const bool expected = row[3].is_boolean() && row[3].get<bool>();
    CHECK(marker->evaluate(environment_of(values), selection) == expected);
    const Marker again = Marker::parse(marker->to_string());
    CHECK(again == *marker);
  }
}

void check_marker_syntax(const std::string& list, const std::string& /*document*/) {
  for (const json& text : json::parse(list)) {
    INFO(text.dump());
    CHECK(Marker::try_parse(text_of(text)).has_value());
  }
}

/// The environments in which a marker holds, named as the data name them.
std::vector<std::string> true_in(const Marker& marker, const json& environments) {
  std::vector<std::string> names;
  for (const auto& [name, values] : environments.items()) {
    for (const char* extra : {"", "test", "x"}) {
      MarkerSelection selection;
      if (*extra != '\0') selection.extras.emplace_back(extra);
      if (!marker.evaluate(environment_of(values), selection)) continue;
      names.push_back(*extra == '\0' ? name : name + '+' + extra);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

void check_requirement(const json& row, const json& environments) {
  const Requirement requirement = Requirement::parse(text_of(row["input"]));
  CHECK(requirement.name.as_written() == text_of(row["name"]));
  CHECK(requirement.name.normalized() == text_of(row["normalized_name"]));
  std::vector<std::string> extras;
  for (const PackageName& extra : requirement.extras) extras.push_back(extra.as_written());
  std::sort(extras.begin(), extras.end());
  CHECK(extras == row["extras"].get<std::vector<std::string>>());
  Pairs clauses;
  for (const Specifier& clause : requirement.specifiers.specifiers()) {
    clauses.emplace_back(clause.op, clause.version);
  }
  std::sort(clauses.begin(), clauses.end());
  CHECK(clauses == row["specifier"].get<Pairs>());
  CHECK(requirement.url.has_value() == !row["url"].is_null());
  if (requirement.url) CHECK(*requirement.url == text_of(row["url"]));
  REQUIRE(requirement.marker.has_value() == !row["marker"].is_null());
  if (!requirement.marker) return;
  CHECK(*requirement.marker == Marker::parse(text_of(row["marker"])));
  if (!row.value("true_in", json()).is_array() || environments.is_null()) return;
  CHECK(true_in(*requirement.marker, environments) ==
        row["true_in"].get<std::vector<std::string>>());
}

void check_requirements(const std::string& list, const std::string& /*document*/) {
  const json markers = json::parse(tests::conformance_document("pep508_markers.json"));
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    check_requirement(row, markers["environments"]);
    const Requirement requirement = Requirement::parse(text_of(row["input"]));
    const std::string text = requirement.to_string();
    CHECK(Requirement::parse(text).to_string() == text);
  }
}

void check_invalid_requirements(const std::string& list, const std::string& /*document*/) {
  for (const json& text : json::parse(list)) {
    INFO(text.dump());
    CHECK_FALSE(Requirement::try_parse(text_of(text)).has_value());
  }
}

void check_names(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    CHECK(normalize_name(text_of(row[0])) == text_of(row[1]));
  }
}

}  // namespace

TEST_CASE("markers are those of the reference implementation", "[specs][Marker]") {
  walk_conformance("pep508_markers",
                   {{"cases", check_markers}, {"valid_syntax", check_marker_syntax}});
}

TEST_CASE("requirements are those of the reference implementation", "[specs][Requirement]") {
  walk_conformance("requirements", {{"cases", check_requirements},
                                    {"invalid", check_invalid_requirements},
                                    {"names", check_names}});
}

}  // namespace ensure::specs
