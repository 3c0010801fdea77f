#include "installer/index/pages/link_source.h"

#include "fake_index.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

using tests::FakeHttpClient;

struct Fixture {
  FakeHttpClient client;
  cache::Cache cache = cache::Cache::disabled();

  std::vector<std::string> files(const base::Url& url, const char* name, bool offline = false) {
    PageSource pages(client, cache, offline, std::chrono::sys_seconds());
    LinkSource source(url);
    source.start(pages, [] {});
    while (!source.is_ready() && client.wait()) {
    }
    const auto entry = source.entry_of(specs::PackageName::parse(name));
    std::vector<std::string> urls;
    for (std::size_t i = 0; entry && i < entry->page.file_count(); ++i) {
      urls.push_back(entry->base.join(entry->page.file(i).url).to_string());
    }
    return urls;
  }
};

using Urls = std::vector<std::string>;

TEST_CASE("a directory with files of several projects", "[index][LinkSource]") {
  const tests::TempDir temporary;
  const base::Directory directory = base::Directory::open(temporary.path());
  for (const char* name :
       {"my_demo-1.0-py3-none-any.whl", "my.demo-2.0.tar.gz", "my-demo-3.0.zip", "readme.txt",
        "my_demo_more-1.0-py3-none-any.whl", "100%-1.0-py3-none-any.whl", "broken.whl"}) {
    directory.write_file(name, "");
  }
  const base::Url url = base::Url::from_path(temporary.path());
  Fixture fixture;
  const std::string base = url.to_string() + '/';
  CHECK(fixture.files(url, "My-Demo") == Urls{base + "my_demo-1.0-py3-none-any.whl",
                                              base + "my.demo-2.0.tar.gz",
                                              base + "my-demo-3.0.zip"});
  CHECK(fixture.files(url, "my-demo-more").size() == 1);
  CHECK(fixture.files(url, "my").empty());
  CHECK(fixture.files(base::Url::parse(base + "my_demo-1.0-py3-none-any.whl"), "my-demo") ==
        Urls{base + "my_demo-1.0-py3-none-any.whl"});
  CHECK(tests::error_in([&] {
          return fixture.files(url.join("nowhere/"), "demo");
        }).starts_with("8: "));
  CHECK(fixture.client.requests().empty());
}

TEST_CASE("a page with links", "[index][LinkSource]") {
  Fixture fixture;
  const std::string url = "https://files.test/list/";
  fixture.client.answer(url, "text/html",
                        "<a href='demo-1.0-py3-none-any.whl'>one</a><a href='../x'>up</a>"
                        "<a href='other-1.0-py3-none-any.whl'>two</a>");
  CHECK(fixture.files(base::Url::parse(url), "demo") == Urls{url + "demo-1.0-py3-none-any.whl"});
  CHECK(fixture.files(base::Url::parse(url), "none").empty());
  const std::string file = "https://files.test/demo-2.0-py3-none-any.whl";
  CHECK(fixture.files(base::Url::parse(file), "demo") == Urls{file});
  for (const int status : {404, 500, 403}) {
    fixture.client.answer(url, {.status = status});
    const std::string code = status == 403 ? "6: " : "5: ";
    CHECK(tests::error_in([&] {
            return fixture.files(base::Url::parse(url), "demo");
          }).starts_with(code));
  }
  CHECK(fixture.files(base::Url::parse(url), "demo", true).empty());
}

}  // namespace
}  // namespace ensure::index
