#include "installer/specs/pages/project_page.h"

#include <random>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kJson = "application/vnd.pypi.simple.v1+json";
constexpr std::string_view kUrl = "https://index.test/simple/demo/";
const std::string kDigest(64, 'a');

ProjectPage parse_json(std::string_view body) {
  return ProjectPage::parse(body, kJson, PackageName::parse("demo"), kUrl);
}

ProjectPage parse_html(std::string_view body) {
  return ProjectPage::parse(body, "text/html; charset=utf-8", PackageName::parse("demo"), kUrl);
}

/// A page of these entries, given as the members of objects.
ProjectPage page_of(const Texts& entries) {
  std::string files;
  for (const std::string& entry : entries) files += (files.empty() ? "{" : ",{") + entry + "}";
  return parse_json(R"({"meta":{"api-version":"1.1"},"name":"demo","files":[)" + files + "]}");
}

std::string entry(const std::string& filename, const std::string& more = "") {
  std::string text = R"("filename":")" + filename + R"(","url":"../)" + filename + "\"";
  return more.empty() ? text : text + ',' + more;
}

Texts filenames(const ProjectPage& page) {
  Texts names;
  for (std::size_t i = 0; i < page.file_count(); ++i) names.emplace_back(page.file(i).filename);
  return names;
}

std::string refusal(std::string_view body, std::string_view content_type = kJson) {
  try {
    (void)ProjectPage::parse(body, content_type, PackageName::parse("demo"),
                             "https://user:secret@index.test/simple/demo/");
    return "";
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kNetwork);
    CHECK(error.hints().size() == 1);
    CHECK(error.message().find("secret") == std::string::npos);
    return error.message();
  }
}

bool mentions(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("files are sorted by version, then as on the page", "[specs][ProjectPage]") {
  const ProjectPage page = page_of({entry("demo-10.0.tar.gz"), entry("demo-2.0-py3-none-any.whl"),
                                    entry("demo-9.0.tar.gz"), entry("demo-2.0.0.tar.gz"),
                                    entry("Demo-2.0rc1.zip"), entry("demo-2-1-py3-none-any.whl")});
  CHECK(filenames(page) == Texts{"Demo-2.0rc1.zip", "demo-2.0-py3-none-any.whl",
                                 "demo-2.0.0.tar.gz", "demo-2-1-py3-none-any.whl",
                                 "demo-9.0.tar.gz", "demo-10.0.tar.gz"});
  REQUIRE(page.release_count() == 4);
  const ProjectRelease second = page.release(1);
  CHECK(second.version() == Version::parse("2.0"));
  CHECK(second.version_text == "2.0");
  CHECK(second.version_key == second.version().key());
  CHECK(second.first_file == 1);
  CHECK(second.file_count == 3);
  CHECK(page.file(3).build == "1");
  CHECK(page.file(3).release == 1);
  CHECK(page.tag_sets() == std::vector<std::string_view>{"py3-none-any"});
  CHECK(page.base_url() == kUrl);
}

TEST_CASE("all that JSON says of a file is kept", "[specs][ProjectPage]") {
  const ProjectPage page = page_of({entry(
      "demo-1.0-py3-none-any.whl",
      R"("hashes":{"sha256":")" + kDigest + R"(","crc32":"0","sha512":")" + kDigest + kDigest +
          R"("},"requires-python":">=3.8","size":12345,)"
          R"("upload-time":"1970-01-01T00:00:01Z","yanked":"why \u00e9",)"
          R"("core-metadata":{"sha256":")" +
          kDigest + R"("},"dist-info-metadata":false,"provenance":"https://a.test/p")")});
  REQUIRE(page.file_count() == 1);
  const ProjectFile file = page.file(0);
  CHECK(file.url == "../demo-1.0-py3-none-any.whl");
  CHECK(file.is_wheel);
  CHECK(page.requires_pythons().at(file.requires_python.value()) == ">=3.8");
  CHECK(file.yanked == "why \xC3\xA9");
  CHECK(file.size == 12345U);
  CHECK(file.upload_time == 1000000);
  CHECK(file.provenance == "https://a.test/p");
  REQUIRE(file.digests().size() == 2);
  CHECK(base::to_hex(file.digests()[0].bytes) == kDigest);
  CHECK(file.digests()[1].algorithm == base::DigestAlgorithm::kSha512);
  CHECK(file.has_metadata);
  CHECK(file.metadata_digests().size() == 1);
}

TEST_CASE("a file of which JSON says little has nothing", "[specs][ProjectPage]") {
  const ProjectPage page = page_of({entry(
      "demo-1.0.tar.gz",
      R"("hashes":{},"yanked":false,"requires-python":null,"size":"1","upload-time":7,"gpg-sig":1)")});
  REQUIRE(page.file_count() == 1);
  const ProjectFile file = page.file(0);
  CHECK_FALSE(file.is_wheel);
  CHECK_FALSE(file.requires_python.has_value());
  CHECK_FALSE(file.yanked.has_value());
  CHECK_FALSE(file.size.has_value());
  CHECK_FALSE(file.upload_time.has_value());
  CHECK_FALSE(file.has_metadata);
  CHECK(file.digests().empty());
}

TEST_CASE("metadata are announced in several ways", "[specs][ProjectPage]") {
  const std::string digest = R"({"sha256":")" + kDigest + "\"}";
  const auto announced = [](const std::string& more) {
    const ProjectFile file = page_of({entry("demo-1.0-py3-none-any.whl", more)}).file(0);
    return std::pair(file.has_metadata, !file.metadata_digest_bytes.empty());
  };
  CHECK(announced(R"("core-metadata":true)") == std::pair(true, false));
  CHECK(announced(R"("core-metadata":{})") == std::pair(true, false));
  CHECK(announced(R"("core-metadata":false)") == std::pair(false, false));
  CHECK(announced(R"("dist-info-metadata":true)") == std::pair(true, false));
  CHECK(announced(R"("dist-info-metadata":)" + digest) == std::pair(true, true));
  // PEP 714: the new key counts, wherever it stands.
  CHECK(announced(R"("dist-info-metadata":true,"core-metadata":false)") == std::pair(false, false));
  CHECK(announced(R"("core-metadata":false,"dist-info-metadata":true)") == std::pair(false, false));
  CHECK(announced(R"("core-metadata":null,"dist-info-metadata":true)") == std::pair(true, false));
  CHECK(announced(R"("core-metadata":{"sha256":"12"})") == std::pair(false, false));
}

TEST_CASE("what cannot be used is skipped and counted", "[specs][ProjectPage]") {
  const ProjectPage page = page_of(
      {entry("demo-1.0.tar.gz"), entry("other-1.0.tar.gz"), entry("demo_more-1.0-py3-none-any.whl"),
       entry("demo-more-1.0.tar.gz"), entry("demo-1.0-py3.10.egg"), entry("demo-1.0.exe"),
       entry("demo-1.0.whl"), entry("demo-x-py3-none-any.whl"),
       entry("demo-1.0-b-py3-none-any.whl"), entry("demo-1.0-py3-none-.whl"), entry("demo.tar.gz"),
       entry("../demo-1.0.tar.gz"), entry(R"(demo-\ud8001.0.tar.gz)"), R"("filename":5,"url":"x")",
       R"("filename":"demo-1.0.zip")", entry("demo-1.1.zip", R"("hashes":{"sha256":"zz"})"),
       entry("demo-1.1.zip", R"("hashes":[])"), entry("demo-1.1.zip", R"("yanked":5)"),
       entry("demo-1.1.zip", R"("requires-python":[3])")});
  CHECK(filenames(page) == Texts{"demo-1.0.tar.gz"});
  CHECK(page.release_count() == 1);
  CHECK(page.skipped().of_other_projects == 3);
  CHECK(page.skipped().unsupported == 2);
  CHECK(page.skipped().malformed == 13);
  CHECK(parse_json(R"({"files":[5,null,"x",[]]})").skipped().malformed == 4);
}

TEST_CASE("names with dashes are those of the project", "[specs][ProjectPage]") {
  const ProjectPage page = ProjectPage::parse(
      R"({"files":[{"filename":"a-b-1.0-2.tar.gz","url":"x"},)"
      R"({"filename":"A_b-1.0.zip","url":"x"},{"filename":"a-1.0.zip","url":"x"}]})",
      "", PackageName::parse("A.B"), kUrl);
  CHECK(filenames(page) == Texts{"A_b-1.0.zip", "a-b-1.0-2.tar.gz"});
  CHECK(page.release(1).version() == Version::parse("1.0.post2"));
  CHECK(page.name() == "a-b");
}

TEST_CASE("wheels are told by the rules of WheelFilename", "[specs][ProjectPage][foreign]") {
  const std::string seed = "demo-1.0-2b-py2.py3-none-any.whl";
  std::mt19937 random(8);
  int sound = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string name = seed;
    for (std::size_t change = 0; change <= random() % 2; ++change) {
      const std::size_t place = random() % name.size();
      if (random() % 3 == 0) name.erase(place, 1);
      name[random() % name.size()] = "-_.+!1ax/ "[random() % 10];
    }
    const std::optional<WheelFilename> wheel = WheelFilename::try_parse(name);
    if (!name.ends_with(".whl")) continue;
    if (wheel && wheel->name().normalized() != "demo") continue;
    sound += wheel ? 1 : 0;
    INFO(name);
    const ProjectPage page = page_of({entry(name)});
    REQUIRE(page.file_count() == (wheel ? 1 : 0));
    if (wheel) CHECK(page.release(0).version() == wheel->version());
  }
  CHECK(sound > 500);
}

TEST_CASE("the status is read from JSON and from HTML", "[specs][ProjectPage]") {
  const ProjectPage json =
      parse_json(R"({"project-status":{"status":"quarantined","reason":"bad"},"files":[],)"
                 R"("meta":{"api-version":"1.4"}})");
  const ProjectPage html = parse_html(
      "<meta name='pypi:repository-version' content='1.4'>"
      "<meta name='pypi:project-status' content='quarantined'>"
      "<meta name='pypi:project-status-reason' content='bad'>");
  for (const ProjectPage* page : {&json, &html}) {
    CHECK(page->status() == ProjectStatus::kQuarantined);
    CHECK(page->status_reason() == "bad");
    CHECK(page->file_count() == 0);
  }
  CHECK(page_of({}).status() == ProjectStatus::kActive);
}

TEST_CASE("links of an HTML page are files", "[specs][ProjectPage]") {
  const ProjectPage page = parse_html(
      "<base href='/files/'><a href=' demo-1.0%2Bx-py3-none-any.whl?a=1&amp;b#sha256=" + kDigest +
      "' data-requires-python='&gt;=3.8' data-yanked data-core-metadata='sha256=" + kDigest +
      "' data-dist-info-metadata='false' data-provenance='https://a.test/p'>x</a>"
      "<a href='demo-2.0.tar.gz#egg=demo&sha256=" +
      kDigest + "&crc32=0'>" + "<a href='demo-3.0.tar.gz#sha256=12'><a href='../'>up</a>");
  CHECK(page.base_url() == "https://index.test/files/");
  CHECK(filenames(page) == Texts{"demo-1.0+x-py3-none-any.whl", "demo-2.0.tar.gz"});
  const ProjectFile file = page.file(0);
  CHECK(file.url == "demo-1.0%2Bx-py3-none-any.whl?a=1&b");
  CHECK(page.requires_pythons().at(file.requires_python.value()) == ">=3.8");
  CHECK(file.yanked == "");
  CHECK(file.digests().size() == 1);
  CHECK(file.has_metadata);
  CHECK(file.metadata_digests().size() == 1);
  CHECK(file.provenance == "https://a.test/p");
  CHECK(page.file(1).digests().size() == 1);
  CHECK(page.skipped().malformed == 1);
}

TEST_CASE("the content type decides the form; without one, the text does", "[specs][ProjectPage]") {
  const std::string json = R"({"files":[]})";
  const std::string html = "<title>Links for demo</title>";
  for (const char* type : {"application/vnd.pypi.simple.v1+json", "Application/JSON; charset=x", "",
                           "application/vnd.pypi.simple.latest+json"}) {
    CHECK(refusal(json, type).empty());
  }
  for (const char* type : {"application/vnd.pypi.simple.v1+html", "text/HTML ;q=1", ""}) {
    CHECK(refusal(html, type).empty());
  }
  CHECK(mentions(refusal(json, "application/vnd.pypi.simple.v2+json"), "v2+json"));
  CHECK(mentions(refusal(json, "application/octet-stream"), "octet-stream"));
}

TEST_CASE("a page that is no index page is refused", "[specs][ProjectPage]") {
  for (const char* body : {"", "{", "[]", "5", "{}", R"({"files":5})", R"({"files":[]}x)",
                           R"({"files":[{"filename":"demo-1.0.zip","url":"x"})",
                           R"({"meta":{"api-version":"2.0"},"files":[]})", "\xFF"}) {
    INFO(body);
    CHECK(mentions(refusal(body), "is not an index page"));
  }
  for (const char* body :
       {"", "<form action=/login><input name=user></form>", "<a href='/login'>Log in</a>", "{}",
        "<meta name='pypi:repository-version' content='2.0'><a href='demo-1.0.zip'>"}) {
    INFO(body);
    CHECK(mentions(refusal(body, "text/html"), "is not an index page"));
  }
}

TEST_CASE("the bytes of a page are read back", "[specs][ProjectPage]") {
  const PackageName name = PackageName::parse("demo");
  const ProjectPage page = page_of({entry("demo-1.0.tar.gz", R"("yanked":"x","size":5)"),
                                    entry("demo-2.0-py3-none-any.whl", R"("core-metadata":true)")});
  const std::optional<ProjectPage> again = ProjectPage::try_from_bytes(page.bytes(), nullptr, name);
  REQUIRE(again.has_value());
  CHECK(filenames(*again) == filenames(page));
  CHECK(again->file(0).yanked == "x");
  CHECK(again->file(0).size == 5U);
  CHECK(again->file(1).has_metadata);
  CHECK(again->base_url() == kUrl);
  CHECK(again->tag_sets() == page.tag_sets());
  CHECK_FALSE(
      ProjectPage::try_from_bytes(page.bytes(), nullptr, PackageName::parse("other")).has_value());
}

TEST_CASE("views outlive copies and moves of their page", "[specs][ProjectPage]") {
  std::optional<ProjectPage> page = page_of({entry("demo-1.0.tar.gz")});
  const ProjectPage copy = *page;
  const std::string_view filename = page->file(0).filename;
  page.reset();
  CHECK(filename == "demo-1.0.tar.gz");
  CHECK(copy.file(0).filename == filename);
}

}  // namespace ensure::specs
