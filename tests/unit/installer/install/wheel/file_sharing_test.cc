#include <sys/stat.h>

#include "installer/cache/cache.h"
#include "installer/install/wheel/destination.h"
#include "installer/wheel/linkable_wheel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

using wheel::LinkMode;

const std::string kPublished(64, 'a');

testing::WheelBuilder demo() {
  testing::WheelBuilder builder;
  builder.add("demo/tool", "#!/bin/sh\n").mode = 0100755;
  builder.add("demo-1.0.data/scripts/run", "#!python\nprint()\n");
  builder.add("demo-1.0.data/scripts/run.sh", "#!/bin/sh\n");
  return builder;
}

/// The wheel with its unpacked directory in a cache, or one that fills that directory while it is
/// read.
SharedWheel unpacked(const cache::Cache& cache, bool symbolic = false) {
  const testing::WheelBuilder builder = demo();
  auto wheel = std::make_shared<const wheel::WheelArchive>(
      wheel::WheelArchive::own(builder.filename, builder.build()));
  if (std::optional<base::Directory> directory = cache.find_unpacked(kPublished)) {
    return std::make_shared<wheel::LinkableWheel>(wheel, *std::move(directory));
  }
  const std::shared_ptr<cache::PendingDirectory> pending = cache.new_unpacked(kPublished);
  REQUIRE(pending);
  return std::make_shared<wheel::CacheFillingWheel>(
      wheel, wheel::CacheFillingWheel::Target{
                 .directory = &pending->directory(),
                 .origin = (symbolic ? pending->final_path() : pending->directory().path()).text(),
                 .must_be_kept = symbolic,
                 .give_up = [pending](const base::Error& error) { pending->note_failure(error); },
                 .keep = [pending] { return pending->keep(); },
                 .keeper = pending});
}

void install_linked(const WheelTarget& target, const cache::Cache& cache, LinkMode mode) {
  FileSharing sharing(mode);
  InstallOptions options;
  options.sharing = &sharing;
  target.install({unpacked(cache, mode == LinkMode::kSymlink)}, options);
  CHECK(is_as_recorded(find_distributions(target.site()).at(0)) == (mode != LinkMode::kSymlink));
}

std::uint64_t links_of(const fs::path& path) { return fs::hard_link_count(path); }

}  // namespace

TEST_CASE("link modes have names", "[install][LinkMode]") {
  for (const char* const name : {"clone", "hardlink", "copy", "symlink"}) {
    REQUIRE(wheel::try_parse_link_mode(name));
    CHECK(wheel::name_of(*wheel::try_parse_link_mode(name)) == name);
  }
  CHECK_FALSE(wheel::try_parse_link_mode("Copy"));
  CHECK_FALSE(wheel::try_parse_link_mode(""));
}

TEST_CASE("every mode gives the same files", "[install][LinkMode]") {
  umask(022);
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  for (const LinkMode mode :
       {LinkMode::kClone, LinkMode::kHardlink, LinkMode::kCopy, LinkMode::kSymlink}) {
    CAPTURE(name_of(mode));
    const WheelTarget target;
    install_linked(target, cache, mode);
    CHECK(target.content("demo/__init__.py") == "answer = 42\n");
    CHECK(base::file_status(target.site() / "demo/__init__.py")->mode == 0644);
    CHECK(base::file_status(target.site() / "demo/tool")->mode == 0755);
    CHECK(base::file_status(target.path() / "bin/run.sh")->mode == 0755);
    CHECK(base::read_file(target.path() / "bin/run").starts_with("#!/"));
    const bool is_link = fs::is_symlink(target.site() / "demo/__init__.py");
    CHECK(is_link == (mode == LinkMode::kSymlink));
    const bool is_shared = !is_link && links_of(target.site() / "demo/__init__.py") > 1;
    CHECK(is_shared == (mode == LinkMode::kHardlink));
    CHECK_FALSE(fs::is_symlink(target.site() / "demo-1.0.dist-info/RECORD"));
  }
}

TEST_CASE("hard links are made only where they have the right mode", "[install][LinkMode]") {
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  const mode_t before = umask(077);
  const WheelTarget target;
  install_linked(target, cache, LinkMode::kHardlink);
  umask(before);
  CHECK(base::file_status(target.site() / "demo/__init__.py")->mode == 0600);
  CHECK(links_of(target.site() / "demo/__init__.py") == 1);
}

TEST_CASE("a cache filled under any umask gives the modes of the target's", "[install][LinkMode]") {
  for (const LinkMode mode : {LinkMode::kClone, LinkMode::kHardlink, LinkMode::kCopy}) {
    CAPTURE(name_of(mode));
    const tests::TempDir directory;
    const cache::Cache cache(directory / "cache");
    const mode_t before = umask(077);
    const SharedWheel wheel = unpacked(cache);
    umask(022);
    const WheelTarget target;
    FileSharing sharing(mode);
    InstallOptions options;
    options.sharing = &sharing;
    target.install({wheel}, options);
    umask(before);
    CHECK(base::file_status(target.site() / "demo/__init__.py")->mode == 0644);
    CHECK(base::file_status(target.site() / "demo/tool")->mode == 0755);
  }
}

TEST_CASE("an edit through a link does not reach the next target", "[install][LinkMode]") {
  umask(022);
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  for (const LinkMode mode : {LinkMode::kHardlink, LinkMode::kSymlink}) {
    CAPTURE(name_of(mode));
    const WheelTarget first;
    install_linked(first, cache, mode);
    fs::ofstream(first.site() / "demo/__init__.py", std::ios::app) << "evil = 1\n";
    const WheelTarget second;
    FileSharing sharing(mode);
    InstallOptions options;
    options.sharing = &sharing;
    second.install({unpacked(cache)}, options);
    CHECK(second.content("demo/__init__.py") == "answer = 42\n");
    CHECK(second.content("demo/data/table.csv") == "a,b\n1,2\n");
    base::remove_tree(cache.path() / "unpacked-v1" / kPublished);
  }
}

TEST_CASE("an unpacked file is known by its mark, and an edit takes that away",
          "[install][LinkMode]") {
  umask(022);
  const tests::TempDir directory;
  const base::Directory here = base::Directory::open(directory.path());
  here.write_file("a", "text");
  const wheel::WheelFile file{.path = "a", .content = "text", .crc32 = 3'632'233'996};
  const auto is_unpacked = [&here](const wheel::WheelFile& expected) {
    const base::FileStatus status = here.link_status("a").value();
    return wheel::may_be_unpacked(status, expected) &&
           wheel::has_mtime_fingerprint(status, expected.crc32);
  };
  CHECK_FALSE(is_unpacked(file));
  wheel::set_mtime_fingerprint(here, "a", file.crc32);
  CHECK(is_unpacked(file));
  CHECK_FALSE(is_unpacked({.path = "a", .content = "text", .crc32 = 5}));
  CHECK_FALSE(is_unpacked({.path = "a", .content = "texts", .crc32 = file.crc32}));
  CHECK_FALSE(
      is_unpacked({.path = "a", .content = "text", .executable = true, .crc32 = file.crc32}));
  here.open_file("a", base::Directory::Access::kReadAndWrite)->write_at(0, "TEXT");
  CHECK_FALSE(is_unpacked(file));
}

TEST_CASE("what a file system has refused is not tried again", "[install][LinkMode]") {
  FileSharing sharing(LinkMode::kHardlink);
  CHECK(sharing.is_possible());
  sharing.note_failure({"link", "a", base::FileFailure::kOtherVolume});
  sharing.note_failure({"link", "b", base::FileFailure::kDenied});
  CHECK_FALSE(sharing.is_possible());
  CHECK(sharing.failure() == "Invalid cross-device link");
  const tests::TempDir directory;
  const base::Directory here = base::Directory::open(directory.path());
  here.write_file("a", "x");
  CHECK_FALSE(FileWriter(here).link("b", {.path = "a", .content = "x", .origin = &here}, sharing));
}

}  // namespace ensure::install
