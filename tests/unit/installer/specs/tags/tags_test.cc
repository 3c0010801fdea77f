#include <string>

#include "installer/specs/tags/tag_set.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("compressed tags are expanded, each once", "[specs][Tag]") {
  const auto tags = try_parse_tags("py2.PY3.py3-none-any.linux_x86_64");
  REQUIRE(tags);
  REQUIRE(tags->size() == 4);
  CHECK((*tags)[0].to_string() == "py2-none-any");
  CHECK((*tags)[3].to_string() == "py3-none-linux_x86_64");
}

TEST_CASE("what is no tag is refused", "[specs][Tag]") {
  for (const char* text : {"", "py3", "py3-none", "py3-none-", "py3-none-any-x",
                           "py3..py2-none-any", "py3-none-any ", "py3-none-a/b"}) {
    INFO(text);
    CHECK_FALSE(try_parse_tags(text));
  }
}

TEST_CASE("a set of tags made to exhaust memory is refused", "[specs][Tag]") {
  std::string many = "a";
  for (int i = 0; i < 2000; ++i) many += ".a";
  CHECK_FALSE(try_parse_tags(many + '-' + many + '-' + many));
  CHECK(try_parse_tags(many + "-none-any"));
}

}  // namespace ensure::specs
