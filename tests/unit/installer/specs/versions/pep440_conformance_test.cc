#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"

namespace ensure::specs {
namespace {

using nlohmann::json;
using tests::walk_conformance;

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const json& value) { return value.get<std::string>(); }

/// Checks that every text of a list is refused by a type.
template <class Value>
void check_invalid(const std::string& list, const std::string& /*document*/) {
  for (const json& text : json::parse(list)) {
    INFO(text.dump());
    CHECK_FALSE(Value::try_parse(text_of(text)).has_value());
  }
}

/// Checks that every text of a list is read by a type.
template <class Value>
void check_valid(const std::string& list, const std::string& /*document*/) {
  for (const json& text : json::parse(list)) {
    INFO(text.dump());
    CHECK(Value::try_parse(text_of(text)).has_value());
  }
}

void check_version_views(const std::string& list, const std::string& /*document*/) {
  for (const json& view : json::parse(list)) {
    INFO(view.dump());
    const std::optional<Version> version = Version::try_parse(text_of(view["input"]));
    REQUIRE(version.has_value());
    CHECK(version->to_string() == text_of(view["normalized"]));
    VersionParts parts = version->parts();
    CHECK(parts.post.has_value() == view["post"].get<bool>());
    CHECK(parts.dev.has_value() == view["dev"].get<bool>());
    parts.local.clear();
    CHECK(parts.to_string() == text_of(view["public"]));
    VersionParts base;
    base.epoch = parts.epoch;
    base.release = parts.release;
    CHECK(base.to_string() == text_of(view["base"]));
    CHECK(Version::from_key(version->key())->to_string() == text_of(view["canonical"]));
    CHECK(version->is_prerelease() == view["pre"].get<bool>());
    CHECK(Version::parse(version->to_string()).to_string() == version->to_string());
  }
}

void check_version_order(const std::string& list, const std::string& /*document*/) {
  const json rows = json::parse(list);
  std::vector<std::pair<std::size_t, Version>> ranked;
  for (std::size_t rank = 0; rank < rows.size(); ++rank) {
    for (const json& text : rows[rank]) ranked.emplace_back(rank, Version::parse(text_of(text)));
  }
  for (const auto& [left_rank, left] : ranked) {
    for (const auto& [right_rank, right] : ranked) {
      if ((left <=> right) == (left_rank <=> right_rank)) continue;
      FAIL_CHECK(left.to_string() << " and " << right.to_string() << " are in the wrong order");
    }
  }
}

/// Whether a set allows a version. Pre-releases are allowed always, never, or, without a `flag`, if
/// a clause names one.
bool allows(const SpecifierSet& set, const Version& version, const json& flag) {
  const bool allows_prereleases = flag.is_null() ? set.names_prerelease() : flag.get<bool>();
  return set.contains(version) && (allows_prereleases || !version.is_prerelease());
}

void check_membership(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const SpecifierSet set = SpecifierSet::parse(text_of(row[0]));
    const Version version = Version::parse(text_of(row[1]));
    CHECK(allows(set, version, row[2]) == row[3].get<bool>());
  }
}

/// Without a flag, pre-releases are allowed also if nothing else is left.
void check_filter(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const SpecifierSet set = SpecifierSet::parse(text_of(row[0]));
    std::vector<Version> kept;
    std::vector<Version> kept_with_prereleases;
    for (const json& text : row[2]) {
      const Version version = Version::parse(text_of(text));
      if (allows(set, version, row[1])) kept.push_back(version);
      if (allows(set, version, true)) kept_with_prereleases.push_back(version);
    }
    std::vector<Version> expected;
    for (const json& text : row[3]) expected.push_back(Version::parse(text_of(text)));
    CHECK((kept.empty() && row[1].is_null() ? kept_with_prereleases : kept) == expected);
  }
}

Pairs clauses_of(const SpecifierSet& set) {
  Pairs pairs;
  for (const Specifier& clause : set.specifiers()) pairs.emplace_back(clause.op, clause.version);
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

void check_parsed_specifiers(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    CHECK(clauses_of(SpecifierSet::parse(text_of(row[0]))) == row[1].get<Pairs>());
  }
}

void check_unsatisfiable(const std::string& list, const std::string& /*document*/) {
  for (const json& row : json::parse(list)) {
    INFO(row.dump());
    const SpecifierSet set = SpecifierSet::parse(text_of(row[0]));
    // Text that is no version matches itself and nothing else; a set of versions cannot tell.
    const std::vector<Specifier>& clauses = set.specifiers();
    if (clauses.size() == 1 && clauses[0].op == "===" && !Version::try_parse(clauses[0].version)) {
      continue;
    }
    CHECK(set.versions().is_empty() == row[1].get<bool>());
  }
}

}  // namespace

TEST_CASE("versions are those of the reference implementation", "[specs][Version]") {
  walk_conformance("pep440_versions", {{"valid", check_version_views},
                                       {"sort_ascending", check_version_order},
                                       {"invalid", check_invalid<Version>},
                                       {"whitespace_stripped", check_valid<Version>},
                                       {"wider_than_64_bit", check_valid<Version>}});
}

TEST_CASE("specifiers are those of the reference implementation", "[specs][SpecifierSet]") {
  walk_conformance("pep440_specifiers", {{"cases", check_membership},
                                         {"invalid", check_invalid<SpecifierSet>},
                                         {"filter", check_filter},
                                         {"parsed", check_parsed_specifiers},
                                         {"unsatisfiable", check_unsatisfiable}});
}

}  // namespace ensure::specs
