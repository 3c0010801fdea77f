#include "installer/text/html_scanner.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/catch.h"

namespace ensure::text {
namespace {

/// What the `href` of each `<a>` says; "-" for one without.
std::vector<std::string> links(const std::string& html) {
  std::vector<std::string> found;
  HtmlScanner scanner(html);
  while (scanner.next()) {
    if (scanner.is("a")) found.emplace_back(scanner.attribute("href").value_or("-"));
  }
  return found;
}

using Links = std::vector<std::string>;

}  // namespace

TEST_CASE("tags and attributes are found as browsers find them", "[text][HtmlScanner]") {
  const std::vector<std::pair<std::string, Links>> cases = {
      {"<a href=\"x\">x</a>", {"x"}},
      {"<A HREF='x y' data-z>x</A>", {"x y"}},
      {"<a href=x/y>z</a>", {"x/y"}},
      {"<a\n\thref = \"x\"\n>", {"x"}},
      {"<a/href=x>", {"x"}},
      {"<a href>", {""}},
      {"<a>", {"-"}},
      {"<a href=1 href=2>", {"1"}},
      {"<a title='>' href=x>", {"x"}},
      {"<a title=\"<a href=y>\" href=x>", {"x"}},
      {"<a href=\"a?b=1&amp;c=2&lt=3&#43;&#x2B;&unknown;&amp\">", {"a?b=1&c=2&lt=3++&unknown;&"}},
      {"<!-- <a href=x> --><a href=y>", {"y"}},
      {"<!--> <a href=x> -->", {"x"}},
      {"<!---><a href=x>", {"x"}},
      {"<!-- --!><a href=x>", {"x"}},
      {"<!-- <a href=x>", {}},
      {"<!DOCTYPE html><?php <a href=x> ?>", {}},
      {"<script>if (a<b) '<a href=x>'</script><a href=y>", {"y"}},
      {"<SCRIPT></scripts><a href=x></ScRiPt ><a href=y>", {"y"}},
      {"<title><a href=x></title><a href=y>", {"y"}},
      {"<abbr href=x>", {}},
      {"</a href=x>", {}},
      {"</a title='>'><a href=x>", {"x"}},
      {"1 < 2 <a href=x>", {"x"}},
      {"<<a href=x>", {"x"}},
      {"<a href=\"x", {}},
      {"<a href=x", {}},
      {"<a =href=y href=x>", {"x"}},
      {"", {}},
      {"<", {}},
      {"</", {}},
      {"<!", {}},
      {"<!--", {}},
      {"<script>", {}},
      {"<script></script", {}},
  };
  for (const auto& [html, expected] : cases) {
    INFO(html);
    CHECK(links(html) == expected);
  }
}

TEST_CASE("comments end where browsers end them", "[text][HtmlScanner][bounds]") {
  const auto first_tag = [](std::string_view text) {
    HtmlScanner scanner(text);
    return scanner.next() ? std::string(scanner.attribute("x").value_or("none")) : "";
  };
  CHECK(first_tag("<!-- a > b -- c --><a x=1>") == "1");
  CHECK(first_tag("<!-- --!><a x=1>") == "1");
  CHECK(first_tag("<!-- ---><a x=1>") == "1");
  CHECK(first_tag("<!-- - -> --!><a x=1>--><a x=2>") == "1");
  CHECK(first_tag("<!----><a x=1>") == "1");
  CHECK(first_tag("<!--><a x=1>") == "1");
  CHECK(first_tag("<!--") == "");
  CHECK(first_tag("<!-- --") == "");
}

TEST_CASE("the text of a title is given", "[text][HtmlScanner]") {
  const std::string html = "<title>Links for <x></title><p>text<b>";
  HtmlScanner scanner(html);
  REQUIRE(scanner.next());
  CHECK(scanner.content() == "Links for <x>");
  REQUIRE(scanner.next());
  CHECK(scanner.content() == "text");
}

TEST_CASE("numeric references that name no character are replaced", "[text][HtmlScanner]") {
  CHECK(decode_html("&#0;&#xD800;&#99999999999;") == "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(decode_html("&#xE9;&#233&#x1F600;") == "\xC3\xA9\xC3\xA9\xF0\x9F\x98\x80");
  CHECK(decode_html("&#;&#x;&;&") == "&#;&#x;&;&");
}

}  // namespace ensure::text
