#include "installer/base/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <functional>
#include <thread>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure::base;
using ensure::tests::TempDir;

int error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const FileError& error) {
    return error.error_number();
  }
  return 0;
}

TEST_CASE("files are written with the modes that open gives", "[base][files]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  const mode_t before = umask(027);
  directory.write_file("plain", "text");
  directory.write_file("script", "", Permissions::kExecutable);
  directory.create_directory("sub");
  umask(before);
  CHECK(read_file(temp / "plain") == "text");
  CHECK(link_status(temp / "plain")->mode == 0640);
  CHECK(link_status(temp / "script")->mode == 0750);
  CHECK(link_status(temp / "sub")->mode == 0750);
}

TEST_CASE("files are copied, links followed, with the modes that open gives", "[base][files]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  const std::string content(300000, 'x');
  directory.write_file("original", content, Permissions::kPrivate);
  directory.create_link("link", "original");
  directory.write_file("empty", "");
  const mode_t before = umask(027);
  directory.copy_file("copy", temp / "link", Permissions::kExecutable);
  directory.copy_file("copy of nothing", temp / "empty");
  umask(before);
  CHECK(read_file(temp / "copy") == content);
  CHECK(link_status(temp / "copy")->type == FileType::kRegular);
  CHECK(link_status(temp / "copy")->mode == 0750);
  CHECK(link_status(temp / "copy of nothing")->size == 0);
  directory.copy_file("from proc", "/proc/self/stat");
  CHECK_FALSE(read_file(temp / "from proc").empty());
  CHECK(error_of([&] { directory.copy_file("copy", temp / "original"); }) == EEXIST);
  CHECK(error_of([&] { directory.copy_file("new", temp / "absent"); }) == ENOENT);
  CHECK_FALSE(link_status(temp / "new"));
}

TEST_CASE("nothing that exists is overwritten", "[base][files]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  directory.write_file("taken", "old");
  CHECK(error_of([&] { directory.write_file("taken", "new"); }) == EEXIST);
  CHECK(error_of([&] { directory.create_link("taken", "elsewhere"); }) == EEXIST);
  CHECK(read_file(temp / "taken") == "old");
}

TEST_CASE("a link in the place of a directory or file is not followed", "[base][files]") {
  const TempDir temp;
  const TempDir outside;
  fs::create_directory_symlink(outside.path(), temp / "directory");
  fs::create_symlink(outside / "file", temp / "file");
  const Directory directory = Directory::open(temp.path());
  CHECK(error_of([&] { (void)directory.open_directory("directory"); }) != 0);
  CHECK(error_of([&] { directory.write_file("file", "text"); }) == EEXIST);
  CHECK(error_of([&] { (void)Directory::open(temp / "directory"); }) != 0);
  CHECK(list_directory(outside.path()).empty());
}

TEST_CASE("what is opened is closed on exec", "[base][files]") {
  const TempDir temp;
  const Directory directory = Directory::open(temp.path());
  const File file = directory.create_file("file", Permissions::kPlain);
  int found = 0;
  for (const std::string& number : list_directory("/proc/self/fd")) {
    const std::optional<Path> opened = read_link(Path("/proc/self/fd") / number);
    if (!opened || !is_at_or_below(*opened, temp.path())) continue;
    CHECK((fcntl(std::stoi(number), F_GETFD) & FD_CLOEXEC) != 0);
    ++found;
  }
  CHECK(found == 2);
}

TEST_CASE("remove_tree removes links but not what they lead to", "[base][files]") {
  const TempDir temp;
  const TempDir outside;
  fs::ofstream(outside / "precious") << "data";
  fs::create_directories(temp / "tree/a/b");
  fs::create_directory_symlink(outside.path(), temp / "tree/a/link");
  fs::permissions(temp / "tree/a/b", fs::perms::none);
  remove_tree(temp / "tree");
  remove_tree(temp / "tree");
  CHECK_FALSE(link_status(temp / "tree"));
  CHECK(file_status(outside / "precious"));
}

TEST_CASE("read_file reads files whose size is not told", "[base][files]") {
  CHECK_FALSE(read_file("/proc/self/status").empty());
  // Such a file says nothing to a second read.
  if (file_status("/proc/sys/kernel/osrelease")) {
    struct utsname system{};
    REQUIRE(uname(&system) == 0);
    CHECK(read_file("/proc/sys/kernel/osrelease") == std::string(system.release) + "\n");
  }
  CHECK(read_file_if_exists("/nonexistent/file") == std::nullopt);
  CHECK(error_of([] { (void)read_file("/nonexistent/file"); }) == ENOENT);
}

TEST_CASE("anything but a regular file is refused without waiting for a writer", "[base][files]") {
  const TempDir temp;
  REQUIRE(mkfifo((temp / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("pipe", temp / "link to pipe");
  fs::create_symlink("/dev/zero", temp / "link to device");
  for (const char* const name : {"pipe", "link to pipe", "link to device"}) {
    CAPTURE(name);
    const fs::path path = temp / name;
    CHECK(error_of([&] { (void)read_file(path); }) == EINVAL);
    CHECK(error_of([&] { (void)read_file_if_exists(path); }) == EINVAL);
    CHECK(error_of([&] { (void)File::open_for_reading(path); }) == EINVAL);
    CHECK(error_of([&] { const MappedFile file(path); }) == EINVAL);
    CHECK(error_of([&] { Directory::open(temp.path()).copy_file("copy", path); }) == EINVAL);
  }
  CHECK(error_of([&] { (void)read_file(temp.path()); }) == EISDIR);
  CHECK(error_of([&] { const MappedFile file(temp.path()); }) == EISDIR);
}

TEST_CASE("the null device is an empty file", "[base][files]") {
  const TempDir temp;
  fs::create_symlink("/dev/null", temp / "link");
  CHECK(read_file(temp / "link").empty());
  CHECK(MappedFile(temp / "link").bytes().empty());
}

TEST_CASE("no more is read than the limit allows", "[base][files]") {
  const TempDir temp;
  Directory::open(temp.path()).write_file("file", "12345");
  CHECK(read_file(temp / "file", 5) == "12345");
  CHECK(MappedFile(temp / "file", 5).bytes() == "12345");
  CHECK(error_of([&] { (void)read_file(temp / "file", 4); }) == EFBIG);
  CHECK(error_of([&] { (void)read_file_if_exists(temp / "file", 4); }) == EFBIG);
  CHECK(error_of([&] { const MappedFile file(temp / "file", 4); }) == EFBIG);
  // Its size is said to be 0.
  CHECK(error_of([&] { (void)read_file("/proc/self/status", 16); }) == EFBIG);
  CHECK(error_of([&] { (void)read_stream("/dev/zero", 100000); }) == EFBIG);
}

TEST_CASE("read_stream reads files and pipes to their end", "[base][files]") {
  const TempDir temp;
  Directory::open(temp.path()).write_file("file", "text");
  CHECK(read_stream(temp / "file") == "text");
  CHECK(read_stream("/dev/null").empty());
  REQUIRE(mkfifo((temp / "pipe").c_str(), 0600) == 0);
  const std::string content(300000, 'x');
  std::thread writer([&] { File::open_for_output(temp / "pipe").write(content); });
  CHECK(read_stream(temp / "pipe") == content);
  writer.join();
}

TEST_CASE("absolute_path removes dots by text and keeps links", "[base][files]") {
  CHECK(absolute_path("/a/./b//c/../d/") == "/a/b/d");
  CHECK(absolute_path("/") == "/");
  CHECK(absolute_path("x") == fs::current_path() / "x");
}

TEST_CASE("set_times reaches every file and the links themselves", "[base][files]") {
  const TempDir temp;
  fs::create_directories(temp / "tree/sub");
  fs::ofstream(temp / "tree/sub/file") << "x";
  fs::create_symlink("nowhere", temp / "tree/link");
  set_times(Directory::open(temp / "tree"), 86400);
  for (const char* name : {"tree", "tree/sub", "tree/sub/file", "tree/link"}) {
    struct stat raw{};
    REQUIRE(lstat((temp / name).c_str(), &raw) == 0);
    CHECK(raw.st_mtime == 86400);
  }
}

TEST_CASE("make_directories tells the topmost directory it has created", "[base][files]") {
  const TempDir temp;
  CHECK(make_directories(temp / "a/b/c") == temp / "a");
  CHECK(make_directories(temp / "a/b/c") == std::nullopt);
  CHECK(make_directories(temp / "a/x") == temp / "a/x");
}

TEST_CASE("make_directories leaves nothing where it fails", "[base][files]") {
  const TempDir temp;
  CHECK_THROWS_AS(make_directories(temp / "b/c" / std::string(300, 'n') / "d"), FileError);
  CHECK(fs::is_empty(temp.path()));
}

TEST_CASE("a mapped file shows its bytes and an empty one none", "[base][files]") {
  const TempDir temp;
  fs::ofstream(temp / "file") << "bytes";
  fs::ofstream(temp / "empty").flush();
  CHECK(MappedFile(temp / "file").bytes() == "bytes");
  CHECK(MappedFile(temp / "empty").bytes().empty());
}

}  // namespace
