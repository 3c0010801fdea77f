#include "installer/sdist/source_archive.h"

#include <sys/stat.h>

#include "refused.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/tar_builder.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wheel_builder.h"

namespace ensure::sdist {

namespace {

using testing::TarMember;

const std::vector<TarMember> kProject{{.path = "demo-1.0/PKG-INFO", .content = "Name: demo\n"},
                                      {.path = "demo-1.0/src/demo.py", .content = "x = 1\n"},
                                      {.path = "demo-1.0/configure", .content = "#!", .mode = 0755},
                                      {.path = "demo-1.0/link", .type = '2', .target = "src"}};

TEST_CASE("the project is in the only top directory of an archive", "[sdist][SourceArchive]") {
  const std::string tar = testing::tar(kProject);
  for (const auto& [name, bytes] : {std::pair{"demo-1.0.tar.gz", testing::gzip(tar)},
                                    {"demo.tgz", testing::gzip(tar)},
                                    {"demo.tar.bz2", testing::compressed(tar, "bzip2")},
                                    {"demo.tar.xz", testing::compressed(tar, "xz")},
                                    {"demo.tar.zst", testing::compressed(tar, "zstd")},
                                    {"demo.tar", tar}}) {
    CAPTURE(name);
    CHECK(is_source_archive_name(name));
    const SourceArchive archive = SourceArchive::open(name, bytes);
    CHECK(archive.root() == "demo-1.0");
    CHECK(archive.file("PKG-INFO") == "Name: demo\n");
    CHECK_FALSE(archive.file("setup.py"));
  }
  const std::string flat = testing::tar({{.path = "setup.py"}, {.path = "PKG-INFO"}});
  CHECK(SourceArchive::open("demo.tar", flat).root().empty());
}

TEST_CASE("a zip archive is read as strictly as a wheel", "[sdist][SourceArchive]") {
  testing::ZipImage zip;
  zip.members = {{.path = "demo-1.0/", .mode = 040755},
                 {.path = "demo-1.0/PKG-INFO", .content = "Name: demo\n"}};
  const std::string bytes = zip.write();
  const SourceArchive archive = SourceArchive::open("demo-1.0.zip", bytes);
  CHECK(archive.root() == "demo-1.0");
  CHECK(archive.file("PKG-INFO") == "Name: demo\n");
  zip.members.push_back({.path = "../evil"});
  const std::string hostile = zip.write();
  CHECK_FALSE(refusal_of([&] { return SourceArchive::open("demo-1.0.zip", hostile); }).empty());
}

TEST_CASE("unpacking writes what the archive holds, all of one time", "[sdist][SourceArchive]") {
  const tests::TempDir directory;
  const std::string bytes = testing::tar(kProject);
  SourceArchive::open("demo.tar", bytes).unpack(base::Directory::open(directory.path()));
  CHECK(base::read_file(directory / "demo-1.0/src/demo.py") == "x = 1\n");
  CHECK(fs::read_symlink(directory / "demo-1.0/link") == "src");
  CHECK(base::file_status(directory / "demo-1.0/configure")->is_executable_file());
  struct stat status{};
  REQUIRE(stat((directory / "demo-1.0/PKG-INFO").c_str(), &status) == 0);
  CHECK(status.st_mtime == 1'600'000'000);
}

TEST_CASE("two entries with one name are refused before anything is written",
          "[sdist][SourceArchive]") {
  const std::string twice =
      testing::tar({{.path = "a/f", .content = "1"}, {.path = "./a/f", .content = "2"}});
  CHECK_FALSE(refusal_of([&] { return SourceArchive::open("demo.tar", twice); }).empty());
  const std::string through =
      testing::tar({{.path = "a", .type = '2', .target = "b"}, {.path = "a/f", .content = "2"}});
  CHECK_FALSE(refusal_of([&] { return SourceArchive::open("demo.tar", through); }).empty());
}

TEST_CASE("hostile and unknown archives are refused", "[sdist][SourceArchive]") {
  const auto refused = [](const std::string& name, const std::string& bytes) {
    return refusal_of([&] { return SourceArchive::open(name, bytes); });
  };
  CHECK_FALSE(refused("a.tar", testing::tar({{.path = "../evil"}})).empty());
  CHECK_FALSE(
      refused("a.tar", testing::tar({{.path = "l", .type = '2', .target = "/etc"}})).empty());
  CHECK_FALSE(refused("a.tar", testing::tar({})).empty());
  CHECK_FALSE(refused("a.tar.gz", "no archive at all, but long").empty());
  CHECK(refused("a.tar.lz", "").starts_with("2: "));
}

}  // namespace

}  // namespace ensure::sdist
