#include "installer/specs/pages/link_page.h"

#include <string>
#include <vector>

#include "installer/specs/pages/project_page.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("a listing of a directory gives files of any project", "[specs][LinkPage]") {
  const LinkPage page = LinkPage::parse(
      "<title>Index of /wheels/</title><a href=\"../\">../</a>"
      "<a href=\"one-1.0-py3-none-any.whl\">one-1.0-py3-none-a..&gt;</a>"
      "<a href=\"two-2.0%2Blocal.tar.gz\">two</a><a href=\"notes.txt\">notes</a>",
      "https://user:secret@files.test/wheels/");
  REQUIRE(page.files.size() == 2);
  CHECK(page.files[1].filename == "two-2.0+local.tar.gz");
  CHECK(page.base_url == "https://files.test/wheels/");

  const ProjectPage two =
      ProjectPage::of_files(page.files, PackageName::parse("two"), page.url, page.base_url);
  REQUIRE(two.file_count() == 1);
  CHECK(two.file(0).url == "two-2.0%2Blocal.tar.gz");
  CHECK(two.base_url() == "https://files.test/wheels/");
  CHECK(two.skipped().of_other_projects == 1);
}

TEST_CASE("any text is a page of links", "[specs][LinkPage]") {
  CHECK(LinkPage::parse("", "https://files.test/").files.empty());
  CHECK(LinkPage::parse("<form>", "no url").base_url == "no url");
}

}  // namespace ensure::specs
