#include "installer/specs/versions/version_set.h"

#include <random>
#include <string>
#include <vector>

#include "installer/specs/versions/specifiers.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

VersionSet set_of(const std::string& text) { return SpecifierSet::parse(text).versions(); }

const std::vector<std::string> kPoints = {"0.dev0",
                                          "0",
                                          "0.9",
                                          "1.0.dev0",
                                          "1.0a1.dev0",
                                          "1.0a1",
                                          "1.0a1.post1",
                                          "1.0a2",
                                          "1.0",
                                          "1.0+a",
                                          "1.0+1",
                                          "1.0.post0",
                                          "1.0.post1",
                                          "1.0.post1.dev0",
                                          "1.0.1",
                                          "1.0.1.dev0",
                                          "1.1.dev0",
                                          "1.1",
                                          "2.0.dev0",
                                          "2.0",
                                          "2.0+x",
                                          "3",
                                          "1!0.dev0",
                                          "1!1.0",
                                          "18446744073709551615.1"};

/// The version without its local part.
std::string public_text(const Version& version) {
  VersionParts parts = version.parts();
  parts.local.clear();
  return parts.to_string();
}

VersionSet random_set(std::mt19937& random) {
  static const std::vector<std::string> kOperators = {"==", "!=", ">=", "<=", ">", "<"};
  VersionSet set;
  const std::size_t count = random() % 4;
  for (std::size_t i = 0; i < count; ++i) {
    const Version point = Version::parse(kPoints[random() % kPoints.size()]);
    const std::string& op = kOperators[random() % kOperators.size()];
    const std::string version =
        op.ends_with('=') && op.size() == 2 && (op[0] == '=' || op[0] == '!') ? point.to_string()
                                                                              : public_text(point);
    const VersionSet part = set_of(op + version);
    set = random() % 2 == 0 ? set.union_with(part) : set.complement().intersection(part);
  }
  return set;
}

}  // namespace

TEST_CASE("the empty and the full set", "[specs][VersionSet]") {
  CHECK(VersionSet().is_empty());
  CHECK(VersionSet::full().is_full());
  CHECK(VersionSet().complement() == VersionSet::full());
  CHECK(VersionSet::full().complement() == VersionSet());
  CHECK(VersionSet::full().contains(Version::parse("0.dev0")));
  CHECK(VersionSet::full().contains(Version::parse("99999999999999999999!1")));
  CHECK_FALSE(VersionSet().contains(Version::parse("1")));
}

TEST_CASE("sets of the same versions are equal", "[specs][VersionSet]") {
  CHECK(set_of(">=1.0,<2.0").union_with(set_of("==2.*")) == set_of(">=1.0,<3"));
  CHECK(set_of("<1.0").union_with(set_of("==1.*")).union_with(set_of(">=2.dev0")).is_full());
  CHECK(set_of("<=1.0").union_with(set_of(">1.0")).union_with(set_of("==1.0.post1")) !=
        VersionSet::full());
  CHECK(set_of(">1.0a1,<1.0a2.dev0").is_empty());
  CHECK(set_of("==1.0").is_subset_of(set_of("==1.*")));
  CHECK_FALSE(set_of("==1.*").is_subset_of(set_of("==1.0")));
  CHECK(set_of("<1").is_disjoint_from(set_of(">=1.dev0")));
}

TEST_CASE("sets are written for people", "[specs][VersionSet]") {
  CHECK(VersionSet().to_string() == "none");
  CHECK(VersionSet::full().to_string() == "*");
  CHECK(set_of("==1.2").to_string() == "==1.2");
  CHECK(set_of(">=1.2,<3").to_string() == ">=1.2, <3");
  CHECK(set_of("<=1.2").to_string() == "<=1.2");
  CHECK(set_of(">1.2").to_string() == ">1.2");
  CHECK(set_of("!=1.2").to_string() == "<1.2 | >1.2");
  CHECK(set_of("!=1.2+x").to_string() == "<1.2+x | >1.2+x");
  CHECK(set_of(">1.2.post1").to_string() == ">1.2.post1");
  CHECK(set_of(">1.2.dev1").to_string() == ">=1.2.dev2");
  CHECK(set_of("==1.2.*").to_string() == ">=1.2.dev0, <1.3");
}

TEST_CASE("sets obey the laws of sets at every point", "[specs][VersionSet]") {
  std::mt19937 random(3);
  std::vector<Version> points;
  for (const std::string& text : kPoints) points.push_back(Version::parse(text));
  for (int i = 0; i < 400; ++i) {
    const VersionSet left = random_set(random);
    const VersionSet right = random_set(random);
    INFO(left.to_string() << " and " << right.to_string());
    const VersionSet both = left.intersection(right);
    const VersionSet any = left.union_with(right);
    CHECK(left.complement().complement() == left);
    CHECK(both == right.intersection(left));
    CHECK(any == right.union_with(left));
    CHECK(both.complement() == left.complement().union_with(right.complement()));
    CHECK(both.is_subset_of(any));
    CHECK(left.is_disjoint_from(left.complement()));
    CHECK(left.union_with(left.complement()).is_full());
    for (const Version& point : points) {
      if (both.contains(point) == (left.contains(point) && right.contains(point)) &&
          any.contains(point) == (left.contains(point) || right.contains(point)) &&
          left.complement().contains(point) != left.contains(point)) {
        continue;
      }
      FAIL_CHECK("wrong at " << point.to_string());
    }
  }
}

}  // namespace ensure::specs
