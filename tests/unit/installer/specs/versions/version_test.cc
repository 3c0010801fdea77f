#include "installer/specs/versions/version.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

/// A version in a random spelling, of numbers around the places where their encoding changes.
std::string random_version(std::mt19937& random) {
  static const std::vector<std::string> kNumbers = {"0",
                                                    "1",
                                                    "2",
                                                    "237",
                                                    "238",
                                                    "239",
                                                    "240",
                                                    "255",
                                                    "65535",
                                                    "65536",
                                                    "4294967296",
                                                    "18446744073709551615",
                                                    "18446744073709551616",
                                                    "007"};
  const auto one_of = [&random](const std::vector<std::string>& choices) {
    return choices[random() % choices.size()];
  };
  const auto number = [&] { return one_of(kNumbers); };
  std::string text = one_of({"", "", "v", "1!", "0!"}) + number();
  while (random() % 2 == 0) text += '.' + number();
  if (random() % 3 == 0) text += one_of({"a", ".beta", "-RC", "_c.", "preview"}) + number();
  if (random() % 3 == 0) text += one_of({"-", ".post", "rev", "_r."}) + number();
  if (random() % 3 == 0) text += one_of({".dev", "-DEV_", "dev"}) + one_of({"", number()});
  if (random() % 3 == 0) text += '+' + one_of({"a", "ubuntu-1", "0a", "2", "a.b_10"});
  return text;
}

/// PEP 440's order by the parts, as the standard words it: the yardstick for the keys.
int compare_parts(const VersionParts& left, const VersionParts& right);

template <class Value>
int compare(const Value& left, const Value& right) {
  if (left < right) return -1;
  return right < left ? 1 : 0;
}

int compare_releases(std::vector<VersionNumber> left, std::vector<VersionNumber> right) {
  const std::size_t size = std::max(left.size(), right.size());
  left.resize(size);
  right.resize(size);
  return compare(left, right);
}

/// Development releases of a final version come first, final versions and post-releases last.
int pre_rank(const VersionParts& parts) {
  if (parts.pre != PreRelease::kNone) return static_cast<int>(parts.pre);
  return parts.dev && !parts.post ? 0 : 4;
}

bool is_numeric(const std::string& segment) {
  return segment.find_first_not_of("0123456789") == std::string::npos;
}

int compare_locals(const VersionParts& left, const VersionParts& right) {
  const std::size_t shared = std::min(left.local.size(), right.local.size());
  for (std::size_t i = 0; i < shared; ++i) {
    const bool left_numeric = is_numeric(left.local[i]);
    const bool right_numeric = is_numeric(right.local[i]);
    if (left_numeric != right_numeric) return left_numeric ? 1 : -1;
    const int order =
        left_numeric ? compare(VersionNumber::of(left.local[i]), VersionNumber::of(right.local[i]))
                     : compare(left.local[i], right.local[i]);
    if (order != 0) return order;
  }
  return compare(left.local.size(), right.local.size());
}

int compare_parts(const VersionParts& left, const VersionParts& right) {
  if (const int order = compare(left.epoch, right.epoch)) return order;
  if (const int order = compare_releases(left.release, right.release)) return order;
  if (const int order = compare(pre_rank(left), pre_rank(right))) return order;
  if (const int order = compare(left.pre_number, right.pre_number)) return order;
  if (const int order = compare(left.post.has_value(), right.post.has_value())) return order;
  if (left.post) {
    if (const int order = compare(*left.post, *right.post)) return order;
  }
  if (const int order = compare(right.dev.has_value(), left.dev.has_value())) return order;
  if (left.dev) {
    if (const int order = compare(*left.dev, *right.dev)) return order;
  }
  return compare_locals(left, right);
}

}  // namespace

TEST_CASE("versions are read in every spelling and written in one", "[specs][Version]") {
  const auto normal = [](const char* text) { return Version::parse(text).to_string(); };
  CHECK(normal("v1.0") == "1.0");
  CHECK(normal(" 1.0-ALPHA_1 ") == "1.0a1");
  CHECK(normal("1.0preview") == "1.0rc0");
  CHECK(normal("1.0-7") == "1.0.post7");
  CHECK(normal("1!2.0rc1.post2.dev3+Ubuntu-01.x") == "1!2.0rc1.post2.dev3+ubuntu.1.x");
  CHECK(normal("0") == "0");
  CHECK(normal("0.0.0") == "0.0.0");
  CHECK(normal("0000000000000000000000000000001") == "1");
  CHECK(normal("1.0a-") == "1.0a0");
}

TEST_CASE("versions compare as PEP 440 orders them", "[specs][Version]") {
  const std::vector<std::string> ascending = {"0.dev0",
                                              "0",
                                              "1.dev1",
                                              "1.0a1.dev1",
                                              "1.0a1",
                                              "1.0a1.post1.dev1",
                                              "1.0a1.post1",
                                              "1.0b1",
                                              "1.0rc1",
                                              "1.0",
                                              "1.0+a",
                                              "1.0+a.b",
                                              "1.0+1",
                                              "1.0+2",
                                              "1.0+2.0",
                                              "1.0.post1.dev0",
                                              "1.0.post1",
                                              "1.0.1",
                                              "1.1.dev1",
                                              "1.1",
                                              "1.239",
                                              "1.240",
                                              "1.256",
                                              "18446744073709551615",
                                              "18446744073709551616",
                                              "1!0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      INFO(ascending[i] << " and " << ascending[j]);
      CHECK((Version::parse(ascending[i]) <=> Version::parse(ascending[j])) == (i <=> j));
    }
  }
}

TEST_CASE("trailing zeros do not count but are kept", "[specs][Version]") {
  CHECK(Version::parse("1") == Version::parse("1.0.0"));
  CHECK(Version::parse("0") == Version::parse("0.0"));
  CHECK(Version::parse("1.0.0").to_string() == "1.0.0");
  CHECK(std::hash<Version>{}(Version::parse("1")) == std::hash<Version>{}(Version::parse("1.0")));
}

TEST_CASE("the views of a version", "[specs][Version]") {
  const Version version = Version::parse("1!2.0.3a4.post5.dev6+seven");
  const VersionParts parts = version.parts();
  CHECK(parts.epoch.value == 1);
  REQUIRE(parts.release.size() == 3);
  CHECK(parts.release[2].value == 3);
  CHECK(parts.pre == PreRelease::kAlpha);
  CHECK(parts.post->value == 5);
  CHECK(parts.dev->value == 6);
  CHECK(parts.local == std::vector<std::string>{"seven"});
  CHECK(version.is_prerelease());
  CHECK(Version::parse("1.0.post1.dev1").is_prerelease());
  CHECK_FALSE(Version::parse("1.0.post1+dev.1").is_prerelease());
}

TEST_CASE("what is no version is refused", "[specs][Version]") {
  for (const char* text :
       {"", " ", "v", "1..0", "1.0.", "1!", "!1", "1.0+", "1.0+a..b", "1.0+a+b", "1-1-1", "1 .0",
        "1.0b1a1", "1.0.dev1.post1", "latest", "1.*", ">=1", "1.0-final", "1\xD9\xA1"}) {
    INFO(text);
    CHECK_FALSE(Version::try_parse(text));
    CHECK_THROWS_AS(Version::parse(text), base::ParseError);
  }
  CHECK_FALSE(Version::try_parse(std::string_view("1\0", 2)));
}

TEST_CASE("random versions survive the way through text and key", "[specs][Version]") {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = random_version(random);
    INFO(text);
    const std::optional<Version> version = Version::try_parse(text);
    REQUIRE(version);
    const Version again = Version::parse(version->to_string());
    CHECK(again == *version);
    CHECK(again.to_string() == version->to_string());
    REQUIRE(Version::from_key(version->key()));
    CHECK(*Version::from_key(version->key()) == *version);
  }
}

TEST_CASE("keys order random versions as their parts do", "[specs][Version]") {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    const Version left = Version::parse(random_version(random));
    const Version right = Version::parse(random_version(random));
    const int expected = compare_parts(left.parts(), right.parts());
    if ((left <=> right) == (expected <=> 0)) continue;
    FAIL_CHECK(left.to_string() << " and " << right.to_string());
  }
}

}  // namespace ensure::specs
