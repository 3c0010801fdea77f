#include <functional>
#include <random>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"
#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

/// Texts that parsers like, to be bent.
const std::vector<std::string> kSeeds = {
    "1!2.0rc1.post2.dev3+ubuntu.1",
    ">=1.0,<2.0,!=1.5.*,~=1.4.2,===any",
    "foo_bar-1.0-1b-py2.py3-none-manylinux1_x86_64.manylinux_2_17_x86_64.whl",
    "foo-1.0.tar.gz",
    "(python_version>='3.8' and os_name == \"posix\") or 'x' not in extras and extra == 'y'",
    "name[a,b] >=1.0,<2 ; python_version < '3.11' or sys_platform == 'win32'",
    "name @ https://host.example/name-1.0.zip#sha256=ab ; extra == 'x'",
    "demo/__init__.py,sha256=abc,12\n\"a,\"\"b\",,\n",
    "[console_scripts]\nname = mod:f [a , b]\n# x\n",
    "Metadata-Version: 2.1\nName: pip\nVersion: 26.0\nRequires-Python: >=3.10\n\nbody",
    "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
};

std::string bend(std::string text, std::mt19937& random) {
  const std::size_t changes = 1 + random() % 4;
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t place = random() % text.size();
    switch (random() % 4) {
      case 0:
        text[place] = static_cast<char>(random());
        break;
      case 1:
        text.erase(place, 1 + random() % 3);
        break;
      case 2:
        text.insert(place, text.substr(random() % text.size(), random() % 9));
        break;
      default:
        text[place] = "\0\n\r\t ,;:=[]()<>!~'\"\\+-._*\xFF"[random() % 27];
    }
  }
  return text;
}

template <class Value>
void parse_or_refuse(const std::string& text) {
  try {
    (void)Value::parse(text);
  } catch (const base::Error& error) {
    CHECK_FALSE(error.message().empty());
    CHECK_FALSE(error.hints().empty());
  }
}

void read_as_everything(const std::string& text) {
  parse_or_refuse<PackageName>(text);
  parse_or_refuse<Version>(text);
  parse_or_refuse<SpecifierSet>(text);
  parse_or_refuse<WheelFilename>(text);
  parse_or_refuse<Marker>(text);
  parse_or_refuse<Requirement>(text);
  parse_or_refuse<CoreMetadata>(text);
  parse_or_refuse<WheelMetadata>(text);
  (void)SdistFilename::try_parse(text);
  (void)try_parse_tags(text);
  each_entry_point(
      text, [](std::string_view /*group*/) { return true; }, [](const EntryPoint& /*entry*/) {});
  (void)Version::from_key(text);
  try {
    (void)parse_record(text);
  } catch (const base::Error& error) {
    CHECK_FALSE(error.hints().empty());
  }
}

}  // namespace

TEST_CASE("bent texts are read or refused", "[specs][foreign]") {
  std::mt19937 random(5);
  for (std::size_t i = 0; i < 4000; ++i) {
    read_as_everything(bend(kSeeds[i % kSeeds.size()], random));
  }
}

TEST_CASE("bent keys are versions or nothing", "[specs][foreign]") {
  std::mt19937 random(6);
  for (int i = 0; i < 4000; ++i) {
    const std::string key = bend(Version::parse("1!2.300rc1.post2.dev3+ubuntu.1").key(), random);
    const std::optional<Version> version = Version::from_key(key);
    if (version) CHECK(version->key() == key);
  }
}

TEST_CASE("long texts take time in proportion", "[specs][foreign]") {
  constexpr std::size_t kLong = 200000;
  for (const char* piece : {"1", ".1", "a", ">=1,", "-", "\"", "[", ",", "\n", " ", "a.", "1!",
                            "+a", "(", "os_name=='a' and ", "a @ "}) {
    std::string text;
    while (text.size() < kLong) text += piece;
    read_as_everything(text);
    read_as_everything("1" + text);
    read_as_everything(">=" + text);
  }
}

}  // namespace ensure::specs
