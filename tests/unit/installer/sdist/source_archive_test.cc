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

TEST_CASE("the project is in the only folder of an archive", "[sdist][SourceArchive]") {
  for (const char* const name : {"demo-1.0.tar.gz", "demo.tgz", "demo.tar"}) {
    const std::string tar = testing::tar(kProject);
    const std::string bytes = std::string(name).ends_with(".tar") ? tar : testing::gzip(tar);
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
  const tests::TempDir folder;
  const std::string bytes = testing::tar(kProject);
  SourceArchive::open("demo.tar", bytes).unpack(base::Directory::open(folder.path()));
  CHECK(base::read_file(folder / "demo-1.0/src/demo.py") == "x = 1\n");
  CHECK(fs::read_symlink(folder / "demo-1.0/link") == "src");
  CHECK(base::file_status(folder / "demo-1.0/configure")->is_executable_file());
  struct stat status{};
  REQUIRE(stat((folder / "demo-1.0/PKG-INFO").c_str(), &status) == 0);
  CHECK(status.st_mtime == 1'600'000'000);
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
  CHECK(refused("a.tar.bz2", "").starts_with("2: "));
}

}  // namespace

}  // namespace ensure::sdist
