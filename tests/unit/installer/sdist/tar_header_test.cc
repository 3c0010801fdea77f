#include "installer/sdist/tar_header.h"

#include "refused.h"
#include "tests/support/catch.h"
#include "tests/support/tar_builder.h"

namespace ensure::sdist {

namespace {

using testing::TarMember;

const wheel::ArchiveErrors kRefusal("demo.tar");

TarHeader header_of(const TarMember& member) {
  const std::string bytes = testing::tar_member(member);
  const auto header = parse_tar_header(std::string_view(bytes).substr(0, kTarBlock), kRefusal);
  REQUIRE(header);
  return *header;
}

TEST_CASE("the fields of a header", "[sdist][TarHeader]") {
  const TarHeader header =
      header_of({.path = "demo-1.0/setup.py", .content = "12345", .mode = 0755});
  CHECK(header.path == "demo-1.0/setup.py");
  CHECK(header.type == '0');
  CHECK(header.size == 5);
  CHECK(header.mode == 0755);
  CHECK(header.modified == 1'600'000'000);
}

TEST_CASE("a prefix stands before the name, where the form has one", "[sdist][TarHeader]") {
  CHECK(header_of({.path = "b", .prefix = "a"}).path == "a/b");
  CHECK(header_of({.path = "b", .magic = "ustar  ", .prefix = "a"}).path == "b");
  CHECK(header_of({.path = std::string(100, 'n')}).path == std::string(100, 'n'));
}

TEST_CASE("numbers in both forms", "[sdist][TarHeader]") {
  CHECK(header_of({.size = std::string("\x80\0\0\0\0\0\0\0\0\0\1\2", 12)}).size == 258);
  CHECK(header_of({.size = "        017 "}).size == 15);
  for (const std::string& size : {std::string("00000000009 "), std::string(12, '\xff'),
                                  std::string("\x80") + std::string(11, '\xff')}) {
    CHECK(refusal_of([&] { return header_of({.size = size}); }).find("number") !=
          std::string::npos);
  }
}

TEST_CASE("zeros end the archive, and a wrong checksum is no header", "[sdist][TarHeader]") {
  CHECK_FALSE(parse_tar_header(std::string(kTarBlock, '\0'), kRefusal));
  CHECK(refusal_of([] {
          return header_of({.path = "a", .right_checksum = false});
        }).find("checksum") != std::string::npos);
}

}  // namespace

}  // namespace ensure::sdist
