#include "zip_cases.h"

#include "installer/base/error.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_directory.h"
#include "tests/support/catch.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::testing::extra_field;
using ensure::testing::little_endian;
using ensure::testing::Zip64EndFields;
using ensure::testing::ZipEndFields;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::testing::ZipMember;
using ensure::wheel::ZipDirectory;
using ensure::wheel::ZipEntry;

namespace ensure::wheel_test {

ZipImage sample_archive() {
  ZipImage image;
  image.members.push_back({.path = "pkg/a.py", .content = "a = 1\n"});
  image.members.push_back({.path = "pkg/b.py", .content = "b = 2\n", .deflated = false});
  image.members.push_back({.path = "pkg/c.py", .content = std::string(2000, 'c')});
  return image;
}

std::function<void(ZipImage&)> lie(std::function<void(ZipFields&, ZipFields&)> change) {
  return [change](ZipImage& image) { image.members[1].lie = change; };
}

std::function<void(ZipImage&)> lie_in_both(const std::function<void(ZipFields&)>& change) {
  return lie([change](ZipFields& local, ZipFields& central) {
    change(local);
    change(central);
  });
}

std::function<void(ZipImage&)> add(const ZipMember& member) {
  return [member](ZipImage& image) { image.members.push_back(member); };
}

std::function<void(ZipImage&)> lie_at_end(const std::function<void(ZipEndFields&)>& change) {
  return [change](ZipImage& image) { image.lie = change; };
}

std::function<void(ZipImage&)> lie_at_long_end(const std::function<void(Zip64EndFields&)>& change) {
  return [change](ZipImage& image) {
    image.zip64_end = true;
    image.lie64 = change;
  };
}

std::string unicode_path(const std::string& path, const std::string& unicode) {
  return extra_field(
      0x7075, std::string("\1") + little_endian(ensure::testing::crc32_of(path), 4) + unicode);
}

void check_all_refused(const std::vector<ZipCase>& cases) {
  for (const ZipCase& test : cases) {
    CAPTURE(test.what);
    ZipImage image = sample_archive();
    test.change(image);
    const std::string bytes = image.write();
    try {
      static_cast<void>(ZipDirectory::parse(bytes, "test.zip"));
      FAIL_CHECK("was accepted");
    } catch (const Error& error) {
      CAPTURE(error.message());
      CHECK(error.exit_code() == ExitCode::kVerification);
      CHECK(error.message().starts_with("`test.zip` is refused: "));
      CHECK_FALSE(error.hints().empty());
    }
  }
}

void check_all_accepted(const std::vector<ZipCase>& cases) {
  for (const ZipCase& test : cases) {
    CAPTURE(test.what);
    ZipImage image = sample_archive();
    test.change(image);
    const std::string bytes = image.write();
    try {
      const ZipDirectory directory = ZipDirectory::parse(bytes, "test.zip");
      REQUIRE(directory.entries().size() == image.members.size());
      for (std::size_t i = 0; i < image.members.size(); ++i) {
        const ZipEntry& entry = directory.entries()[i];
        if (!entry.is_directory) {
          CHECK(entry.path == image.members[i].path);
          CHECK(read_entry(entry, directory.errors()) == image.members[i].content);
        }
      }
    } catch (const Error& error) {
      FAIL_CHECK(error.message());
    }
  }
}

}  // namespace ensure::wheel_test
