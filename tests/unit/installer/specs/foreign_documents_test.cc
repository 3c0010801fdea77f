#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/specs/locks/lock_file.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/pages/project_page.h"
#include "installer/specs/requirements/requirements_file.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

using std::string_view_literals::operator""sv;

const std::string kDigest(64, 'a');

const std::string kJsonPage =
    R"({"meta":{"api-version":"1.1","tracks":["https://a.test/"]},"name":"demo","versions":["1"],)"
    R"("alternate-locations":[],"project-status":{"status":"archived"},"files":[)"
    R"({"filename":"demo-1.0-py3-none-any.whl","url":"../demo-1.0-py3-none-any.whl","hashes":)"
    R"({"sha256":")" +
    kDigest +
    R"("},"requires-python":">=3.8","yanked":"\u00e9","size":12,"core-metadata":{"sha256":")" +
    kDigest +
    R"("},"upload-time":"2024-05-17T12:34:56.789012Z"},)"
    R"({"filename":"demo-1.0.tar.gz","url":"x","hashes":{},"yanked":false}]})";

const std::string kHtmlPage =
    "<!DOCTYPE html><html><head><base href='../'><meta name=\"pypi:repository-version\" "
    "content=\"1.1\"><title>Links for demo</title></head><body><!-- x --><a href=\"demo-1.0-py3-"
    "none-any.whl#sha256=" +
    kDigest + "\" data-requires-python='&gt;=3.8' data-yanked data-core-metadata=true>x</a>" +
    "<script>a<b</script><a href=demo-1.0.tar.gz>y</a></body></html>";

const std::string kRequirements =
    "# coding: utf-8\na==1.0 \\\n --hash=sha256:" + kDigest +
    " # c\n-e ./x[y]\n-r r.txt\n-i 'https://x.test' --pre\nb @ https://x.test/b.zip ; os_name == "
    "'nt'\n./c-1.0.whl ; extra=='z'\n${VARIABLE}\n--no-binary :all:,a\n";

const std::string kLock =
    "lock-version = '1.0'\ncreated-by = \"x\"\nextras = ['a']\nenvironments = [\"os_name == "
    "'nt'\"]\n"
    "[[packages]]\nname = 'a'\nversion = '1.0'\nmarker = \"'a' in extras\"\nwheels = [{url = "
    "'https://x.test/a-1.0-py3-none-any.whl', size = 5, upload-time = 2024-05-17T12:34:56Z, hashes "
    "= {sha256 = 'aa'}}]\n[[packages]]\nname = 'b'\ndirectory = {path = '.', editable = true}\n";

const std::string kPyproject =
    "[project]\nname = 'x'\ndependencies = ['a>=1']\n[project.optional-dependencies]\n'b' = ['c']\n"
    "[dependency-groups]\nd = ['e', {include-group = 'f'}]\nf = []\n";

const std::string kScript = "# /// script\n# dependencies = ['a']\n# ///\n";

/// What means something in one of the forms.
constexpr std::string_view kLetters = "\0\n\r\t ,;:=[]{}()<>!&#'\"\\+-._*/$\xFF"sv;

std::string bend(std::string text, std::mt19937& random) {
  const std::size_t changes = 1 + random() % 6;
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t place = random() % text.size();
    switch (random() % 5) {
      case 0:
        text[place] = static_cast<char>(random());
        break;
      case 1:
        text.erase(place, 1 + random() % 9);
        break;
      case 2:
        text.insert(place, text.substr(random() % text.size(), random() % 40));
        break;
      case 3:
        text.resize(place);
        break;
      default:
        text[place] = kLetters[random() % kLetters.size()];
    }
  }
  return text;
}

/// Whether an action took the text; where it did not, its error has a hint.
bool is_taken(const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const base::Error& error) {
    CHECK_FALSE(error.message().empty());
    CHECK_FALSE(error.hints().empty());
    return false;
  }
}

/// Reads all that a page gives.
std::size_t sum_of(const ProjectPage& page) {
  std::size_t sum = page.name().size() + page.base_url().size() + page.status_reason().size();
  for (std::size_t i = 0; i < page.file_count(); ++i) {
    const ProjectFile file = page.file(i);
    sum += file.filename.size() + file.url.size() + file.build.size() + file.provenance.size() +
           file.digests().size() + file.metadata_digests().size() +
           page.release(file.release).file_count;
    if (file.is_wheel) sum += page.tag_sets().at(file.tags).size();
    if (file.requires_python) sum += page.requires_pythons().at(*file.requires_python).size();
  }
  for (std::size_t i = 0; i < page.release_count(); ++i) sum += page.release(i).version_text.size();
  return sum;
}

RequirementsFiles read_requirements(const std::string& text) {
  const auto load = [&text](const std::string& file) -> std::string {
    return file == "root" ? text : "nested\n";
  };
  const auto variable = [](const std::string&) { return std::optional<std::string>("value"); };
  return RequirementsFiles::read({{"root", false}}, load, variable);
}

void read_as_everything(const std::string& text) {
  const PackageName name = PackageName::parse("demo");
  for (const char* type : {"application/json", "text/html"}) {
    (void)is_taken(
        [&] { (void)sum_of(ProjectPage::parse(text, type, name, "https://x.test/simple/demo/")); });
  }
  CHECK(LinkPage::parse(text, "https://x.test/").base_url.size() > 0);
  (void)is_taken([&] { (void)read_requirements(text); });
  (void)is_taken([&] { (void)LockFile::parse(text); });
  (void)is_taken([&] { (void)Pyproject::parse(text).group_requirements("d"); });
  (void)is_taken([&] { (void)ScriptMetadata::try_parse(text); });
}

}  // namespace

TEST_CASE("the documents to be bent are sound", "[specs][foreign]") {
  const PackageName name = PackageName::parse("demo");
  CHECK(ProjectPage::parse(kJsonPage, "", name, "https://x.test/").file_count() == 2);
  CHECK(ProjectPage::parse(kHtmlPage, "", name, "https://x.test/").file_count() == 2);
  CHECK(is_taken([] { (void)LockFile::parse(kLock); }));
  CHECK(is_taken([] { (void)Pyproject::parse(kPyproject).group_requirements("d"); }));
  CHECK(ScriptMetadata::try_parse(kScript).has_value());
}

TEST_CASE("bent documents are read or refused", "[specs][foreign]") {
  const std::vector<std::string> seeds = {kJsonPage, kHtmlPage,  kRequirements,
                                          kLock,     kPyproject, kScript};
  std::mt19937 random(11);
  for (std::size_t i = 0; i < 6000; ++i) read_as_everything(bend(seeds[i % seeds.size()], random));
}

TEST_CASE("long documents take time in proportion", "[specs][foreign]") {
  constexpr std::size_t kLong = 200000;
  for (const char* piece : {"<",
                            "<a ",
                            "<a>",
                            "&",
                            "<!--",
                            "</",
                            "<script>",
                            "<a href='",
                            "[",
                            "{\"a\":",
                            "\"",
                            "\\",
                            "\\\n",
                            "#",
                            " #",
                            "${A}",
                            "-r a\n",
                            "'",
                            "a,",
                            "[a]\n",
                            "a=1\n",
                            "# /// script\n",
                            "a = [",
                            "\xC2\x85",
                            "[[packages]]\n"}) {
    std::string text;
    while (text.size() < kLong) text += piece;
    INFO(piece);
    read_as_everything(text);
  }
}

TEST_CASE("spoiled bytes of a page are refused", "[specs][ProjectPage][foreign]") {
  const PackageName name = PackageName::parse("demo");
  const std::string sound(
      ProjectPage::parse(kJsonPage, "", name, "https://x.test/simple/demo/").bytes());
  for (std::size_t place = 0; place < sound.size(); ++place) {
    std::string bytes = sound;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x10);
    if (ProjectPage::try_from_bytes(bytes, nullptr, name)) FAIL_CHECK("byte " << place);
    if (ProjectPage::try_from_bytes(sound.substr(0, place), nullptr, name))
      FAIL_CHECK("size " << place);
  }
}

// The checksum is no signature: what it lets through has to be safe to read.
TEST_CASE("bytes with a right checksum are safe to read", "[specs][ProjectPage][foreign]") {
  const PackageName name = PackageName::parse("demo");
  const std::string sound(
      ProjectPage::parse(kJsonPage, "", name, "https://x.test/simple/demo/").bytes());
  std::mt19937 random(12);
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string bytes = sound;
    for (std::size_t change = 0; change <= random() % 3; ++change) {
      bytes[16 + random() % (bytes.size() - 16)] = "\0\1\2\x7F\x80\xFF\x10"[random() % 7];
    }
    if (random() % 8 == 0) bytes.resize(16 + random() % (bytes.size() - 16));
    const std::uint64_t sum =
        base::checksum(std::string_view(bytes).substr(PageHeader::kSummedFrom));
    std::memcpy(bytes.data() + sizeof(std::uint64_t), &sum, sizeof sum);
    const std::optional<ProjectPage> page = ProjectPage::try_from_bytes(bytes, nullptr, name);
    if (!page) continue;
    ++taken;
    CHECK(sum_of(*page) > 0);
    for (std::size_t release = 0; release < page->release_count(); ++release) {
      (void)is_taken([&] { (void)page->release(release).version(); });
    }
  }
  CHECK(taken > 1000);
}

}  // namespace ensure::specs
