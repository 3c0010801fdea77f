#include "fake_index.h"
#include "installer/index/pages/project_pages.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

TEST_CASE("files get the credentials of their index, those elsewhere do not",
          "[index][IndexEntry]") {
  const std::string page = R"({"meta":{"api-version":"1.0"},"name":"demo","files":[]})";
  const auto name = specs::PackageName::parse("demo");
  const auto source = base::Url::parse("https://me:secret@a.test/simple/");
  const IndexEntry same = make_index_entry(
      specs::ProjectPage::parse(page, "", name, "https://a.test/simple/demo/"), source, true);
  CHECK(same.base.join("../x.whl").to_string() == "https://me:secret@a.test/simple/x.whl");
  CHECK(same.base.join("https://files.test/x.whl").to_string() == "https://files.test/x.whl");
  CHECK(same.origin == "https://a.test/simple/");
  const IndexEntry moved = make_index_entry(
      specs::ProjectPage::parse(page, "", name, "https://b.test/simple/demo/"), source, true);
  CHECK(moved.base.join("x.whl").to_string() == "https://b.test/simple/demo/x.whl");
}

}  // namespace
}  // namespace ensure::index
