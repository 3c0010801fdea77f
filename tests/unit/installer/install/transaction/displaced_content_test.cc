#include <fcntl.h>
#include <sys/stat.h>

#include "installer/install/transaction/change_steps.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

constexpr std::int64_t kHour = 3'600'000'000'000;

/// An entry `package` that was moved out of the way, and times around the present one.
class Displaced {
 public:
  Displaced() { put(temp_ / "package/sub/file.py", "x"); }

  [[nodiscard]] fs::path path() const { return temp_ / "package"; }
  [[nodiscard]] std::int64_t now() const { return base::link_status(path())->changed; }

  /// The first file that was changed since `begin`.
  [[nodiscard]] std::optional<fs::path> changed(std::int64_t begin) const {
    // The directory that an entry is moved to changes with the move.
    fs::rename(path(), temp_ / "moved");
    fs::rename(temp_ / "moved", path());
    return changed_since({base::Directory::open(temp_.path()), "package"}, "package", begin);
  }

 private:
  TempDir temp_;
};

}  // namespace

TEST_CASE("files that are newer than a change are found in what it displaced",
          "[install][displaced_content]") {
  const Displaced displaced;
  CHECK(displaced.changed(displaced.now() - kHour) == "package/sub/file.py");
  CHECK_FALSE(displaced.changed(displaced.now() + kHour));
}

TEST_CASE("what Python and this program write themselves is no change of somebody else",
          "[install][displaced_content]") {
  const Displaced displaced;
  const std::int64_t begin = displaced.now() - kHour;
  fs::remove_all(displaced.path() / "sub");
  put(displaced.path() / "__pycache__/file.cpython-312.pyc", "code");
  put(displaced.path() / "__pycache__/file.cpython-312.pyc.140213", "code");
  put(displaced.path() / ".ensure/lock", "");
  CHECK_FALSE(displaced.changed(begin));
  put(displaced.path() / "__pycache__/notes.txt", "mine");
  CHECK(displaced.changed(begin) == "package/__pycache__/notes.txt");
}

TEST_CASE("a file with several names is judged by its content", "[install][displaced_content]") {
  const Displaced displaced;
  const fs::path file = displaced.path() / "sub/file.py";
  const std::int64_t begin = displaced.now() - kHour;
  const struct timespec times[2] = {{86400, 0}, {86400, 0}};
  REQUIRE(utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
  CHECK(displaced.changed(begin) == "package/sub/file.py");
  fs::create_hard_link(file, displaced.path().parent_path() / "in a cache");
  CHECK_FALSE(displaced.changed(begin));
}

TEST_CASE("a single file is judged by the time of its content", "[install][displaced_content]") {
  const TempDir temp;
  put(temp / "pyvenv.cfg", "home = /usr/bin\n");
  const std::int64_t now = base::link_status(temp / "pyvenv.cfg")->modified;
  const OpenEntry entry{base::Directory::open(temp.path()), "pyvenv.cfg"};
  CHECK(changed_since(entry, "pyvenv.cfg", now - kHour) == "pyvenv.cfg");
  CHECK_FALSE(changed_since(entry, "pyvenv.cfg", now));
  // A clock that was set back makes files of the future.
  const struct timespec times[2] = {{4'000'000'000, 0}, {4'000'000'000, 0}};
  REQUIRE(utimensat(AT_FDCWD, (temp / "pyvenv.cfg").c_str(), times, 0) == 0);
  CHECK_FALSE(changed_since(entry, "pyvenv.cfg", now - kHour));
}

}  // namespace ensure::install
