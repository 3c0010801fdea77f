#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "installer/base/error.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/zip/zip_directory.h"
#include "tests/support/catch.h"
#include "tests/support/wheel_builder.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::testing::WheelBuilder;
using ensure::testing::ZipMember;
using ensure::wheel::WheelArchive;
using ensure::wheel::WheelFile;
using ensure::wheel::ZipDirectory;
using Files = std::map<std::string, std::string>;

namespace {

WheelBuilder rich_wheel() {
  WheelBuilder builder;
  builder.add("demo/", "");
  builder.add("demo/stored.txt", "stored as it is").deflated = false;
  builder.add("demo/piped.txt", "written to a pipe").descriptor = ZipMember::Descriptor::kSigned;
  builder.add("demo/caf\xC3\xA9.txt", std::string(3000, 'x'));
  builder.zip.zip64_end = true;
  return builder;
}

/// The files of a wheel; none where it is refused. Anything else but a refusal is a failure.
std::optional<Files> read(const std::string& filename, const std::string& bytes) {
  try {
    const WheelArchive wheel = WheelArchive::view(filename, bytes);
    Files files;
    for (std::size_t part = 0; part < wheel.part_count(); ++part) {
      wheel.read_part(part,
                      [&files](const WheelFile& file) { files.emplace(file.path, file.content); });
    }
    return files;
  } catch (const Error& error) {
    if (error.exit_code() != ExitCode::kVerification) throw;
    return std::nullopt;
  }
}

class Mutator {
 public:
  std::string mutate(std::string bytes) {
    for (std::size_t i = 0, count = 1 + number(3); i < count; ++i) mutate_once(bytes);
    return bytes;
  }

 private:
  std::size_t number(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

  void mutate_once(std::string& bytes) {
    if (bytes.empty()) return;
    const std::size_t at = number(bytes.size());
    const std::size_t length = 1 + number(std::min<std::size_t>(bytes.size() - at, 64));
    switch (number(7)) {
      case 0:
        bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << number(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(number(256));
        break;
      case 2:
        bytes[at] = number(2) == 0 ? '\0' : '\xFF';
        break;
      case 3:
        bytes.erase(at, length);
        break;
      case 4:
        bytes.insert(at, bytes.substr(number(bytes.size()), length));
        break;
      case 5:
        bytes.replace(at, length, bytes.substr(number(bytes.size()), length));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }

  std::mt19937 random_{20260823};  // NOLINT(cert-msc32-c,cert-msc51-cpp): runs have to repeat
};

}  // namespace

TEST_CASE("a mutated wheel is refused or reads as before", "[wheel][fuzz]") {
  const WheelBuilder builder = rich_wheel();
  const std::string whole = builder.build();
  const std::optional<Files> expected = read(builder.filename, whole);
  REQUIRE(expected);
  Mutator mutator;
  std::size_t accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::optional<Files> files = read(builder.filename, mutator.mutate(whole));
    if (!files) continue;
    ++accepted;
    if (*files != *expected) FAIL("mutation " << i << " reads differently");
  }
  // Times, versions and unused attributes may be anything.
  CHECK(accepted > 10);
  CHECK(accepted < 4000);
}

TEST_CASE("a sound archive with mutated metadata is refused or reads as before", "[wheel][fuzz]") {
  WheelBuilder builder = rich_wheel();
  std::string whole;
  builder.edit_record = [&whole](std::string& record) { whole = record; };
  std::optional<Files> expected = read(builder.filename, builder.build());
  REQUIRE(expected);
  expected->erase("demo-1.0.dist-info/RECORD");
  Mutator mutator;
  std::size_t accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    builder.edit_record = [&](std::string& record) { record = mutator.mutate(whole); };
    std::optional<Files> files = read(builder.filename, builder.build());
    if (!files) continue;
    ++accepted;
    files->erase("demo-1.0.dist-info/RECORD");
    if (*files != *expected) FAIL("mutation " << i << " reads differently");
  }
  CHECK(accepted < 1000);
}

TEST_CASE("every byte of a wheel may be wrong", "[wheel][fuzz]") {
  const WheelBuilder builder = rich_wheel();
  const std::string whole = builder.build();
  const std::optional<Files> expected = read(builder.filename, whole);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ change);
      const std::optional<Files> files = read(builder.filename, bytes);
      if (files && *files != *expected) FAIL("byte " << at << " is not checked");
    }
  }
}

TEST_CASE("a mutated appended archive is refused or not there", "[wheel][fuzz]") {
  WheelBuilder builder = rich_wheel();
  builder.zip.prefix = std::string(500, '\x7F');
  const std::string whole = builder.build();
  Mutator mutator;
  for (int i = 0; i < 5000; ++i) {
    const std::string bytes = mutator.mutate(whole);
    try {
      static_cast<void>(ZipDirectory::find_appended(bytes, "program"));
    } catch (const Error& error) {
      if (error.exit_code() != ExitCode::kVerification) throw;
    }
  }
}
