#include "installer/specs/versions/specifiers.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

bool allows(const char* set, const char* version) {
  return SpecifierSet::parse(set).contains(Version::parse(version));
}

}  // namespace

TEST_CASE("each operator has the meaning of PEP 440", "[specs][SpecifierSet]") {
  CHECK(allows("==1.0", "1.0.0"));
  CHECK(allows("==1.0", "1.0+local"));
  CHECK_FALSE(allows("==1.0+other", "1.0+local"));
  CHECK(allows("==1.0.*", "1"));
  CHECK(allows("==1.0.*", "1.0rc1"));
  CHECK_FALSE(allows("==1.0.*", "1.1.dev0"));
  CHECK_FALSE(allows("!=1.0", "1.0+local"));
  CHECK(allows("!=1.*", "2.0"));
  CHECK(allows("~=2.2", "2.99"));
  CHECK_FALSE(allows("~=2.2", "3.0.dev0"));
  CHECK_FALSE(allows("~=2.2.0", "2.3"));
  CHECK(allows("~=2.2.post3", "2.3"));
  CHECK_FALSE(allows("~=2.2.post3", "2.2.post2"));
  CHECK_FALSE(allows(">1.7", "1.7.0.post1"));
  CHECK_FALSE(allows(">1.7", "1.7+local"));
  CHECK(allows(">1.7", "1.7.1"));
  CHECK(allows(">1.7.post2", "1.7.post3"));
  CHECK_FALSE(allows("<1.7", "1.7rc1"));
  CHECK(allows("<1.7rc2", "1.7rc1"));
  CHECK(allows("<=1.7", "1.7+local"));
  CHECK(allows("===1.0.0", "1.0.0"));
  CHECK_FALSE(allows("===1.0", "1.0.0"));
  CHECK_FALSE(allows("===anything", "1.0"));
}

TEST_CASE("all clauses have to hold, and none allows all", "[specs][SpecifierSet]") {
  CHECK(allows("", "1.0"));
  CHECK(allows(" >= 1 , < 2 , ", "1.5"));
  CHECK_FALSE(allows(">=1,<2,!=1.5", "1.5"));
  CHECK(SpecifierSet().contains(Version::parse("1")));
  CHECK(SpecifierSet::parse("").is_empty());
}

TEST_CASE("a set tells whether it names a pre-release", "[specs][SpecifierSet]") {
  CHECK(allows(">=3.10", "3.14.0rc1"));
  CHECK_FALSE(SpecifierSet::parse(">=3.10").names_prerelease());
  CHECK(SpecifierSet::parse(">=3.14.0b1").names_prerelease());
  CHECK(SpecifierSet::parse(">=1,<2.dev1").names_prerelease());
  CHECK_FALSE(SpecifierSet::parse("!=1.0a1").names_prerelease());
}

TEST_CASE("two texts are demanded by nothing", "[specs][SpecifierSet]") {
  CHECK(SpecifierSet::parse("===1.0,===1").versions().is_empty());
  CHECK_FALSE(SpecifierSet::parse("===1.0A1,===1.0a1").versions().is_empty());
}

TEST_CASE("sets are written as they were", "[specs][SpecifierSet]") {
  CHECK(SpecifierSet::parse(" >=1.0 ,!= 1.5.* ").to_string() == ">=1.0,!=1.5.*");
  CHECK(SpecifierSet::parse("===any+thing").to_string() == "===any+thing");
}

TEST_CASE("malformed specifiers name the wrong clause", "[specs][SpecifierSet]") {
  for (const char* text : {"1.0", "=1.0", "=>1", "~=1", "~=1.0+x", ">=1.*", "==1.0a1.*", "==1.0 .*",
                           "==1.*.0", "==", "===", "===a b", "===a;b",
                           "===1.\xC2\xA0"
                           "0",
                           ">=1.0 <2.0", ">=1.0)"}) {
    INFO(text);
    CHECK_FALSE(SpecifierSet::try_parse(text));
    CHECK_THROWS_AS(SpecifierSet::parse(text), base::ParseError);
  }
  try {
    SpecifierSet::parse(">=1, wrong ,<2");
    FAIL("accepted");
  } catch (const base::ParseError& error) {
    CHECK(error.offset() == 5);
    CHECK(error.length() == 5);
    CHECK(error.message() == "`wrong` is not a version specifier");
  }
}

}  // namespace ensure::specs
