#include "bundled/payload/appended_archive.h"

#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::bundled {

namespace {

/// The program that runs this test: a real ELF file.
std::string own_image() { return base::read_file("/proc/self/exe"); }

fs::path write(const tests::TempDir& directory, const std::string& content) {
  const fs::path path = directory / "program";
  fs::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace

TEST_CASE("A program without an archive has none", "[bundled][AppendedArchive]") {
  const tests::TempDir directory;
  CHECK_FALSE(AppendedArchive::find(write(directory, own_image())));
  CHECK_FALSE(AppendedArchive::find_in_this_program());
}

TEST_CASE("What is appended is found whatever it is", "[bundled][AppendedArchive]") {
  const tests::TempDir directory;
  const std::string image = own_image();
  const std::vector<std::string> anything{"x", "PK\3\4 and more", std::string(100'000, '\0')};
  for (const std::string& appended : anything) {
    const auto found = AppendedArchive::find(write(directory, image + appended));
    REQUIRE(found);
    CHECK(found->offset() == image.size());
    CHECK(found->bytes() == appended);
    CHECK(found->file_bytes().size() == image.size() + appended.size());
  }
}

TEST_CASE("A stripped program ends where it ends", "[bundled][AppendedArchive]") {
  const tests::TempDir directory;
  std::string image = own_image();
  // Without its table of sections (e_shoff, e_shnum) an image ends with its last segment.
  image.replace(0x28, 8, std::string(8, '\0'));
  image.replace(0x3c, 2, std::string(2, '\0'));
  const auto rest = AppendedArchive::find(write(directory, image));
  REQUIRE(rest);
  const std::string stripped = image.substr(0, rest->offset());
  CHECK_FALSE(AppendedArchive::find(write(directory, stripped)));
  const auto found = AppendedArchive::find(write(directory, stripped + "zip"));
  REQUIRE(found);
  CHECK(found->bytes() == "zip");
}

TEST_CASE("What is no program has no archive", "[bundled][AppendedArchive]") {
  const tests::TempDir directory;
  const std::string image = own_image();
  CHECK_FALSE(AppendedArchive::find(write(directory, "")));
  CHECK_FALSE(
      AppendedArchive::find(write(directory, "#!/bin/sh\nexit 0\n" + std::string(999, 'x'))));
  CHECK_FALSE(AppendedArchive::find(write(directory,
                                          "\x7f"
                                          "ELF")));
  for (const std::size_t size : {16U, 63U, 64U, 65U, 1000U}) {
    CHECK_FALSE(AppendedArchive::find(write(directory, image.substr(0, size))));
  }
  CHECK_THROWS_AS(AppendedArchive::find(directory / "missing"), base::Error);
}

TEST_CASE("Headers that lie lead nowhere", "[bundled][AppendedArchive]") {
  const tests::TempDir directory;
  for (std::size_t place = 4; place < 64; ++place) {
    for (const char value : {'\0', '\x7f', '\xff'}) {
      std::string image = own_image().substr(0, 4096);
      image[place] = value;
      const auto found = AppendedArchive::find(write(directory, image));
      if (found) CHECK(found->offset() <= image.size());
    }
  }
}

}  // namespace ensure::bundled
