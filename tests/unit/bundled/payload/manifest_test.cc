#include "bundled/payload/manifest.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::bundled {

namespace {

constexpr base::LongChecksum kSum{'s', 'u', 'm'};

BundledWheel wheel(std::string_view version) {
  return {.filename = "sample-" + std::string(version) + "-py3-none-any.whl",
          .name = specs::PackageName::parse("Sample"),
          .version = specs::Version::parse(version),
          .requires_python = specs::SpecifierSet::parse(">=3.8,!=3.9.0"),
          .sha256 = std::string(64, '0'),
          .dist_info = "sample-" + std::string(version) + ".dist-info",
          .unpacked_size = 5'000'000'000,
          .base = std::nullopt,
          .frames = {{.size = 3, .unpacked_size = 10, .sum = kSum},
                     {.size = 4, .unpacked_size = 20, .sum = kSum}},
          .bytecode = {}};
}

BundledBytecode bytecode() {
  return {.cache_tag = "cpython-312",
          .compiled_with = "3.12.1",
          .unpacked_size = 7,
          .frames = {{.size = 0, .unpacked_size = 0, .sum = kSum},
                     {.size = 5, .unpacked_size = 9, .sum = kSum}}};
}

}  // namespace

TEST_CASE("A manifest is read as it was written", "[bundled][Manifest]") {
  BundledWheel newer = wheel("2.0");
  newer.bytecode.push_back(bytecode());
  BundledWheel older = wheel("1.0");
  older.base = 0;
  older.bytecode.push_back(bytecode());
  const std::string head = encode_manifest({newer, older});
  const std::vector<BundledWheel> wheels =
      decode_manifest(head + std::string(3 + 4 + 5 + 7 + 5, 'f'));

  REQUIRE(wheels.size() == 2);
  CHECK(wheels[0].filename == "sample-2.0-py3-none-any.whl");
  CHECK(wheels[0].name.as_written() == "Sample");
  CHECK(wheels[0].version == specs::Version::parse("2.0"));
  CHECK(wheels[0].requires_python == newer.requires_python);
  CHECK(wheels[0].sha256 == newer.sha256);
  CHECK(wheels[0].dist_info == "sample-2.0.dist-info");
  CHECK(wheels[0].unpacked_size == 5'000'000'000);
  CHECK_FALSE(wheels[0].base);
  CHECK(wheels[1].base == std::size_t{0});
  CHECK(wheels[0].bytecode_tags() == std::vector<std::string>{"cpython-312"});
  REQUIRE(wheels[0].bytecode_for("cpython-312") != nullptr);
  CHECK(wheels[0].bytecode_for("cpython-312")->compiled_with == "3.12.1");
  CHECK(wheels[0].bytecode_for("cpython-313") == nullptr);

  SECTION("Frames lie one behind the other") {
    CHECK(wheels[0].frames[0].offset == head.size());
    CHECK(wheels[0].frames[1].offset == head.size() + 3);
    CHECK(wheels[0].bytecode[0].frames[1].offset == head.size() + 7);
    CHECK(wheels[1].frames[0].offset == head.size() + 12);
    CHECK(wheels[1].frames[1].sum == kSum);
    CHECK(wheels[1].frames[1].unpacked_size == 20);
  }
}

TEST_CASE("A manifest without wheels is one", "[bundled][Manifest]") {
  CHECK(decode_manifest(encode_manifest({})).empty());
}

TEST_CASE("Frames have to fill the payload exactly", "[bundled][Manifest]") {
  const std::string head = encode_manifest({wheel("1.0")});
  CHECK_NOTHROW(decode_manifest(head + "1234567"));
  CHECK_THROWS_AS(decode_manifest(head + "123456"), base::Error);
  CHECK_THROWS_AS(decode_manifest(head + "12345678"), base::Error);
  CHECK_THROWS_AS(decode_manifest(head), base::Error);
}

TEST_CASE("A manifest that contradicts itself is refused", "[bundled][Manifest]") {
  std::vector<BundledWheel> wheels{wheel("2.0"), wheel("1.0"), wheel("0.1")};
  std::size_t frames_size = 21;
  CHECK_NOTHROW(decode_manifest(encode_manifest(wheels) + std::string(frames_size, 'f')));
  SECTION("A difference to a wheel that comes later") { wheels[1].base = 2; }
  SECTION("A difference to itself") { wheels[1].base = 1; }
  SECTION("A difference to a difference") {
    wheels[1].base = 0;
    wheels[2].base = 1;
  }
  SECTION("A difference to a wheel of other parts") {
    wheels[1].base = 0;
    wheels[1].frames.pop_back();
    frames_size -= 4;
  }
  SECTION("No parts") {
    wheels[2].frames.clear();
    frames_size -= 7;
  }
  CHECK_THROWS_AS(decode_manifest(encode_manifest(wheels) + std::string(frames_size, 'f')),
                  base::Error);
}

}  // namespace ensure::bundled
