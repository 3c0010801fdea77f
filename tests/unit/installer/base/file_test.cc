#include "installer/base/file.h"

#include <sys/stat.h>

#include <array>
#include <functional>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/placement.h"
#include "installer/base/process.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure::base;
using ensure::tests::TempDir;

std::optional<FileFailure> failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.failure();
  }
  return std::nullopt;
}

TEST_CASE("a created file is written in order and at offsets, and read back", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  const File created = directory.create_file("file", Permissions::kPlain);
  created.write("hello ");
  created.write("world");
  created.write_at(0, "J");
  const std::optional<File> opened = directory.open_file("file");
  REQUIRE(opened);
  CHECK(opened->read() == "Jello world");
  std::array<char, 5> part{};
  opened->read_at(6, part.data(), part.size());
  CHECK(std::string(part.data(), part.size()) == "world");
  CHECK(failure_of([&] { opened->read_at(7, part.data(), part.size()); }) == FileFailure::kOther);
  CHECK(opened->status().size == 11);
  CHECK(opened->path() == temp / "file");
}

TEST_CASE("permissions are those that the umask leaves", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  const mode_t before = umask(0);
  (void)directory.create_file("private", Permissions::kPrivate);
  (void)directory.create_file("owner", Permissions::kOwnerWrites);
  (void)directory.create_file("plain", Permissions::kPlain);
  (void)directory.create_file("executable", Permissions::kExecutable);
  CHECK(directory.make_directory("private directory", Permissions::kPrivate));
  CHECK(directory.make_directory("owner directory", Permissions::kOwnerWrites));
  umask(027);
  CHECK(directory.make_directory("directory"));
  umask(before);
  CHECK(link_status(temp / "private")->mode == 0600);
  CHECK(link_status(temp / "owner")->mode == 0644);
  CHECK(link_status(temp / "plain")->mode == 0666);
  CHECK(link_status(temp / "executable")->mode == 0777);
  CHECK(link_status(temp / "private directory")->mode == 0700);
  CHECK(link_status(temp / "owner directory")->mode == 0755);
  CHECK(link_status(temp / "directory")->mode == 0750);
  CHECK_FALSE(directory.make_directory("directory"));
}

TEST_CASE("no existing file is created again, and no link is followed", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("taken", "old", Permissions::kPlain);
  directory.create_link("link", "taken");
  for (const char* const name : {"taken", "link"}) {
    CHECK(failure_of([&] { (void)directory.create_file(name, Permissions::kPlain); }) ==
          FileFailure::kExists);
  }
  CHECK(failure_of([&] { (void)directory.open_file("link"); }) == FileFailure::kLink);
  CHECK_FALSE(directory.open_file("missing"));
  CHECK(directory.read_link("link") == Path("taken"));
  CHECK_FALSE(directory.read_link("taken"));
  CHECK(directory.remove_file("link"));
  CHECK_FALSE(directory.remove_file("link"));
  CHECK(directory.open_file("taken")->read() == "old");
}

TEST_CASE("a file that is opened for changes is changed in place", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("file", "before", Permissions::kPlain);
  directory.open_file("file", Directory::Access::kReadAndWrite)->write_at(0, "BE");
  CHECK(read_file(temp / "file") == "BEfore");
}

TEST_CASE("times and modes of files are set", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("file", "", Permissions::kPrivate);
  directory.set_mode("file", 0755);
  directory.set_changed("file", 1'000'000'000'000'000'007);
  const FileStatus old = *directory.link_status("file");
  CHECK(old.mode == 0755);
  CHECK(old.modified == 1'000'000'000'000'000'007);
  directory.open_file("file")->set_changed_now();
  CHECK(directory.link_status("file")->modified > old.modified);
  CHECK(old.is_own());
}

TEST_CASE("a hard link is the same file, and a clone another one", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("original", std::string(8192, 'x'), Permissions::kExecutable);
  directory.hard_link("link", directory, "original");
  const FileStatus original = *directory.link_status("original");
  CHECK(directory.link_status("link")->same_file(original));
  CHECK(failure_of([&] { directory.hard_link("link", directory, "original"); }) ==
        FileFailure::kExists);
  // Not every file system can clone; one that cannot leaves nothing behind.
  if (failure_of([&] { directory.clone_file("clone", directory, "original"); })) {
    CHECK_FALSE(directory.link_status("clone"));
  } else {
    CHECK(read_file(temp / "clone") == std::string(8192, 'x'));
    CHECK(directory.link_status("clone")->is_executable_file());
    CHECK_FALSE(directory.link_status("clone")->same_file(original));
  }
}

TEST_CASE("a file without a name can be written, read and mapped", "[base][file]") {
  const TempDir temp;
  const File file = File::create_unnamed(temp.path());
  CHECK_FALSE(File::create_unnamed(temp / "missing"));
  if (!file) return;  // the file system has none
  file.write_at(0, std::string(10000, 'y'));
  CHECK(file.read() == std::string(10000, 'y'));
  const MappedFile mapping(file);
  MappedFile::release(mapping.bytes());
  CHECK(mapping.bytes() == std::string(10000, 'y'));
  CHECK(list_directory(temp.path()).empty());
}

TEST_CASE("a file for output replaces the content, and keeps the file", "[base][file]") {
  const TempDir temp;
  fs::ofstream(temp / "report") << "a longer old text";
  fs::create_symlink("report", temp / "link");
  File::open_for_output(temp / "link").write("new");
  CHECK(read_file(temp / "report") == "new");
  CHECK(File::open_for_reading(temp / "report").read() == "new");
  CHECK(failure_of([&] { (void)File::open_for_output(temp / "no/report"); }) ==
        FileFailure::kMissing);
}

TEST_CASE("one opener of a lock file holds the lock", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  std::optional<File> first = open_lock_file(directory, "lock");
  const std::optional<File> second = open_lock_file(directory, "lock");
  REQUIRE((first && second));
  CHECK(try_lock_file(*first) == Lock::kTaken);
  CHECK(try_lock_file(*second) == Lock::kHeldByOther);
  first->close();
  CHECK(try_lock_file(*second) == Lock::kTaken);
}

TEST_CASE("a rename to a free name replaces nothing", "[base][file]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("one", "1", Permissions::kPlain);
  directory.write_file("two", "2", Permissions::kPlain);
  CHECK_FALSE(try_rename_to_free_name({directory, "one"}, {directory, "two"}));
  CHECK(try_rename_to_free_name({directory, "one"}, {directory, "three"}));
  CHECK(read_file(temp / "two") == "2");
  CHECK(read_file(temp / "three") == "1");
}

TEST_CASE("the machine, the program and random bytes are known", "[base][process]") {
  CHECK_FALSE(kernel().machine.empty());
  CHECK(link_status(program_paths().front()));
  const auto one = random_bytes(32);
  const auto other = random_bytes(32);
  REQUIRE((one && other));
  CHECK(one->size() == 32);
  CHECK(*one != *other);
  CHECK(process_id() > 0);
  CHECK(thread_id() > 0);
}

}  // namespace
