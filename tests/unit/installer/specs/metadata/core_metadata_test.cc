#include "installer/specs/metadata/core_metadata.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the fields that count", "[specs][CoreMetadata]") {
  const CoreMetadata metadata = CoreMetadata::parse(
      "Metadata-Version: 2.4\r\nNAME: Demo.Package\r\nVersion: 1.0\r\nSummary: two\r\n  lines\r\n"
      "Requires-Python: >=3.8, !=3.9.*\r\nRequires-Dist: a>=1\r\nRequires-Dist: b; extra == 'x'\r\n"
      "Provides-Extra: x\r\nDynamic: Requires-Dist\r\n\r\nName: in the description\r\n");
  CHECK(metadata.name.normalized() == "demo-package");
  CHECK(metadata.version == Version::parse("1.0"));
  REQUIRE(metadata.requires_python);
  CHECK(metadata.requires_python->to_string() == ">=3.8,!=3.9.*");
  CHECK(metadata.requires_dist == std::vector<std::string>{"a>=1", "b; extra == 'x'"});
  CHECK(metadata.provides_extra == std::vector<std::string>{"x"});
  CHECK_FALSE(metadata.is_promise);
}

TEST_CASE("fields after a line that is none are seen as Python sees them",
          "[specs][CoreMetadata]") {
  const std::string head = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
  for (const char* line : {": x\n", ":\n", "From here\n"}) {
    INFO(line);
    const CoreMetadata metadata = CoreMetadata::parse(head + line + "Requires-Dist: b\n");
    CHECK(metadata.requires_dist == std::vector<std::string>{"b"});
  }
  CHECK(CoreMetadata::parse(head + "no field\nRequires-Dist: b\n").requires_dist.empty());
}

TEST_CASE("metadata that could be read in two ways or in none are refused",
          "[specs][CoreMetadata]") {
  const std::string sound = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
  CHECK_NOTHROW(CoreMetadata::parse(sound));
  CHECK_NOTHROW(CoreMetadata::parse("\xEF\xBB\xBF" + sound));
  for (const std::string& text :
       {std::string(), std::string("Metadata-Version: 2.1\nVersion: 1\n"),
        std::string("Metadata-Version: 2.1\nName: a\n"), std::string("Name: a\nVersion: 1\n"),
        std::string("Metadata-Version: 3.0\nName: a\nVersion: 1\n"),
        std::string("Metadata-Version: x\nName: a\nVersion: 1\n"),
        std::string("Metadata-Version: 2.1\n\nName: a\nVersion: 1\n"),
        std::string("Metadata-Version: 2.1\nName: ../a\nVersion: 1\n"),
        std::string("Metadata-Version: 2.1\nName: a\n b\nVersion: 1\n"), sound + "Name: b\n",
        sound + "Version: 2\n", sound + "Requires-Python: >=3.6.*\n",
        sound + "Requires-Python: >=3\nRequires-Python: >=4\n"}) {
    INFO(text);
    try {
      CoreMetadata::parse(text);
      FAIL_CHECK("accepted");
    } catch (const base::ParseError& error) {
      CHECK(error.exit_code() == base::ExitCode::kVerification);
      CHECK_FALSE(error.hints().empty());
    }
  }
}

TEST_CASE("which metadata of a source distribution a build cannot change",
          "[specs][CoreMetadata]") {
  const auto is_promise = [](const std::string& version, const std::string& dynamic) {
    std::string text = "Metadata-Version: " + version + "\nName: a\nVersion: 1\n";
    if (!dynamic.empty()) text += "Dynamic: " + dynamic + "\n";
    return CoreMetadata::parse(text).is_promise;
  };
  CHECK(is_promise("2.2", ""));
  CHECK(is_promise("2.10", "Description"));
  CHECK_FALSE(is_promise("2.1", ""));
  CHECK_FALSE(is_promise("1.0", ""));
  for (const char* const field :
       {"Requires-Dist", "requires-python", "Provides-Extra", "Version"}) {
    CAPTURE(field);
    CHECK_FALSE(is_promise("2.4", field));
  }
}

}  // namespace ensure::specs
