#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/entry_points.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirements_file.h"
#include "tests/support/catch.h"

/// Inputs that are small and would make a naive reader work, or keep, far more than their size. How
/// time grows is measured by `tests/bench/parsers.cc`; here it is counted.
namespace ensure::specs {
namespace {

std::string repeated(std::size_t n, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) all += text;
  return all;
}

std::string number(std::size_t value) { return std::to_string(value); }

/// Groups that include the next one `width` times each, and a last one with one requirement.
Pyproject nested_groups(std::size_t depth, std::size_t width) {
  std::string text = "[dependency-groups]\n";
  for (std::size_t level = 0; level < depth; ++level) {
    text += "g" + number(level) + " = [" +
            repeated(width, "{include-group = 'g" + number(level + 1) + "'},") + "]\n";
  }
  return Pyproject::parse(text + "g" + number(depth) + " = ['a']\n");
}

}  // namespace

TEST_CASE("a group that is included many times is expanded once", "[specs][bounds]") {
  CHECK(nested_groups(60, 2).groups().requirements("g0").size() == 1);
  const auto diamond = Pyproject::parse(
      "[dependency-groups]\na = ['x']\nb = [{include-group = 'a'}, 'y']\n"
      "c = [{include-group = 'b'}, {include-group = 'a'}, 'z']\n");
  CHECK(diamond.groups().requirements("c").size() == 3);
}

TEST_CASE("groups are nested a hundred levels deep at most", "[specs][bounds]") {
  CHECK(nested_groups(99, 1).groups().requirements("g0").size() == 1);
  try {
    (void)nested_groups(5'000, 1).groups().requirements("g0");
    FAIL("5000 levels were read");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kUsage);
    CHECK(error.message() == "dependency groups include each other more than 100 levels deep");
  }
}

TEST_CASE("exclusions in one specifier are one set", "[specs][bounds]") {
  std::string text;
  for (std::size_t i = 0; i < 3'000; ++i) text += "!=1." + number(i) + ",";
  const SpecifierSet set = SpecifierSet::parse(text);
  CHECK(set.specifiers().size() == 3'000);
  CHECK(set.versions().range_count() == 3'001);
  CHECK_FALSE(set.contains(Version::parse("1.2999")));
  CHECK(set.contains(Version::parse("1.3000")));
}

TEST_CASE("a RECORD has no more rows than an archive has files", "[specs][bounds]") {
  std::size_t count = 0;
  each_record_row("a,,\rb,,\r\nc,,\n\n\nd", [&count](const RecordEntry&) { ++count; });
  CHECK(count == 4);
  count = 0;
  CHECK_THROWS_AS(
      each_record_row(repeated(1'000'001, "a\n"), [&count](const RecordEntry&) { ++count; }),
      base::ParseError);
  CHECK(count == 1'000'000);
  CHECK(parse_record(std::string(1'000'000, '\n')).capacity() < 100'000);
}

TEST_CASE("a row with many fields is refused at its fourth", "[specs][bounds]") {
  CHECK_THROWS_AS(parse_record(std::string(1'000'000, ',')), base::ParseError);
  CHECK_THROWS_AS(parse_record("a,b=c,1," + repeated(100'000, "\"\",")), base::ParseError);
}

TEST_CASE("only the entry points that are wanted are kept", "[specs][bounds]") {
  std::size_t count = 0;
  each_entry_point(
      "[a]\nx=m\n[b]\ny=m\n[a]\nz=m\n", [](std::string_view group) { return group == "a"; },
      [&count](const EntryPoint& entry) {
        ++count;
        CHECK(entry.group == "a");
      });
  CHECK(count == 2);
}

TEST_CASE("a file of fields has a hundred thousand at most", "[specs][bounds]") {
  const std::string head = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
  CHECK(CoreMetadata::parse(head + repeated(90'000, "a:\n")).requires_dist.empty());
  CHECK_THROWS_AS(CoreMetadata::parse(head + repeated(100'000, "a:\n")), base::ParseError);
  // Lines after the head do not count.
  CHECK(CoreMetadata::parse(head + "\n" + repeated(200'000, "a:\n")).requires_dist.empty());
}

TEST_CASE("the tags of a WHEEL are counted as expanded", "[specs][bounds]") {
  const std::string head = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n";
  std::string parts = "a0";
  for (std::size_t i = 1; i < 16; ++i) parts += ".a" + number(i);
  const std::string line = "Tag: " + parts + '-' + parts + '-' + parts + '\n';
  CHECK_NOTHROW(WheelMetadata::parse(head + line));
  CHECK_THROWS_AS(WheelMetadata::parse(head + line + line), base::ParseError);
}

TEST_CASE("the last `:all:` of a value counts", "[specs][bounds]") {
  const auto control = [](const std::string& value) {
    FormatControl formats;
    formats.add_no_binary("before");
    formats.add_no_binary(value);
    return formats;
  };
  const auto allows = [&control](const std::string& value, const std::string& name) {
    return control(value).allows_wheel(PackageName::parse(name));
  };
  CHECK_FALSE(allows("a,:all:,b", "other"));
  CHECK(allows("a,:all:,:none:,b", "other"));
  CHECK(allows("a,:all:,:none:,b", "a"));
  CHECK_FALSE(allows("a,:all:,:none:,b", "b"));
  CHECK_FALSE(allows(":all:,:none:,:all:,b", "other"));
  CHECK(allows(":all:,c,:all:,:none:", "c"));
  CHECK_FALSE(allows(repeated(10'000, ":all:,") + ":none:,b", "b"));
}

TEST_CASE("requirements files are bounded together", "[specs][bounds]") {
  const auto read = [](const std::string& first, const std::string& others) {
    return RequirementsFiles::read(
        {{"first.txt", false}},
        [&](const std::string& file) { return file == "first.txt" ? first : others; },
        [](const std::string& /*name*/) { return std::optional<std::string>(); });
  };
  CHECK(read("-r x\n-r x\n", "a\nb\n").requirements.size() == 4);
  CHECK_THROWS_AS(read(repeated(60, "-r x\n"), repeated(2'000, "a\n")), UnreadableRequirements);
  CHECK_THROWS_AS(read(repeated(70, "-r x\n"), "#" + std::string(1'000'000, ' ')),
                  UnreadableRequirements);
  CHECK_THROWS_AS(read(repeated(60, "-r x\n"), repeated(2'000, "--pre\n")), UnreadableRequirements);
  CHECK(read(repeated(60, "-r x\n"), repeated(2'000, "#\n\n")).requirements.empty());
}

TEST_CASE("the numbers of problems and warnings are limited", "[specs][bounds]") {
  const auto read = [](const std::string& text) {
    return RequirementsFiles::read(
        {{"r.txt", false}}, [&text](const std::string& /*file*/) { return text; },
        [](const std::string& /*name*/) { return std::optional<std::string>(); });
  };
  try {
    (void)read(repeated(20'000, "?\n"));
    FAIL("it was read");
  } catch (const UnreadableRequirements& error) {
    CHECK(error.problems().size() == 10'000);
    CHECK(error.contexts() == std::vector<std::string>{"later lines were not read"});
  }
  const auto warnings = read(repeated(1'000, "a --pre\n")).warnings;
  REQUIRE(warnings.size() == 101);
  CHECK(warnings.back() ==
        "r.txt:101: `--pre` is ignored behind a requirement; later warnings are left out");
}

TEST_CASE("each variable of a line is looked up once", "[specs][bounds]") {
  std::size_t count = 0;
  const auto files = RequirementsFiles::read(
      {{"first.txt", false}},
      [](const std::string& /*file*/) { return "-f " + repeated(1'000, "${A}${B}"); },
      [&count](const std::string& name) {
        ++count;
        return name == "A" ? std::optional<std::string>("x") : std::nullopt;
      });
  CHECK(count == 2);
  CHECK(files.options.find_links.front().value == repeated(1'000, "x${B}"));
}

}  // namespace ensure::specs
