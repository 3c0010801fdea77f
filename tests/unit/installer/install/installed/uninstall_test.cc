#include <fstream>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

using tests::TempDir;
using namespace std::chrono_literals;

std::string row(const std::string& path, const std::string& content) {
  return path + ",sha256=" + base::to_base64url(base::sha256(content)) + "," +
         std::to_string(content.size()) + "\n";
}

/// An environment with the project `demo` in it.
void make_environment(const fs::path& site, const std::string& extra_rows = "") {
  put(site / "demo/__init__.py", "x");
  put(site / "demo/__pycache__/__init__.cpython-312.pyc", "code");
  put(site / "demo/sub/a.py", "y");
  put(site / "single.py", "z");
  put(site / "__pycache__/single.cpython-312.pyc", "code");
  put(site / "__pycache__/other.cpython-312.pyc", "code");
  put(site / "other.py", "other");
  put(site / "../../bin/demo", "script");
  put(site / "demo-1.0.dist-info/INSTALLER", "pip\n");
  put(site / "demo-1.0.dist-info/RECORD",
      row("../../bin/demo", "script") + row("demo/__init__.py", "x") + row("demo/sub/a.py", "y") +
          "demo/__pycache__/__init__.cpython-312.pyc,,\n" + row("single.py", "z") +
          row("demo-1.0.dist-info/INSTALLER", "pip\n") + "demo-1.0.dist-info/RECORD,,\n" +
          extra_rows);
}

void uninstall(const fs::path& root) {
  const fs::path site = root / "lib/site-packages";
  Transaction transaction({{root}}, staging_path_for(root), 2s);
  remove_distributions(transaction, {find_distributions(site).at(0)}, {}, {root / "bin"});
  transaction.apply();
  transaction.commit();
}

}  // namespace

TEST_CASE("distributions are found by their directories", "[install][Distribution]") {
  const TempDir directory;
  make_environment(directory.path());
  base::make_directories(directory.path() / "Other_Name-2.0.dist-info");
  base::make_directories(directory.path() / "nonsense.dist-info");
  const std::vector<Distribution> found = find_distributions(directory.path());
  REQUIRE(found.size() == 2);
  CHECK(found[0].name.normalized() == "other-name");
  CHECK(found[1].version.to_string() == "1.0");
  CHECK_FALSE(base::link_status(found[0].dist_info / "INSTALLER"));
  CHECK(base::read_file(found[1].dist_info / "INSTALLER").starts_with("pip"));
  CHECK(find_distributions(directory.path(), specs::PackageName::parse("OTHER.name")).size() == 1);
  CHECK(find_distributions(directory.path() / "missing").empty());
}

TEST_CASE("damage is found by size", "[install][Distribution]") {
  const TempDir directory;
  const fs::path site = directory.path() / "lib/site-packages";
  make_environment(site);
  const auto demo = [&] { return find_distributions(site).at(0); };
  CHECK(is_as_recorded(demo()));
  SECTION("bytecode may go") {
    fs::remove_all(site / "demo/__pycache__");
    CHECK(is_complete(demo()));
  }
  SECTION("virtualenv records directories of bytecode") {
    fs::ofstream(site / "demo-1.0.dist-info/RECORD", std::ios::app)
        << "demo/__pycache__,,\ndemo/sub/__pycache__,,\n__pycache__,,\n";
    CHECK(is_complete(demo()));
  }
  SECTION("a file of the same size") {
    put(site / "single.py", "!");
    CHECK(is_complete(demo()));
    CHECK_FALSE(is_as_recorded(demo()));
  }
  SECTION("a file of another size") {
    put(site / "single.py", "zz");
    CHECK_FALSE(is_complete(demo()));
  }
  SECTION("a missing file") {
    fs::remove(site / "demo/sub/a.py");
    CHECK_FALSE(is_complete(demo()));
  }
  SECTION("a file that became a directory") {
    fs::remove(site / "demo/sub/a.py");
    fs::create_directory(site / "demo/sub/a.py");
    CHECK_FALSE(is_complete(demo()));
  }
  SECTION("no RECORD") {
    fs::remove(site / "demo-1.0.dist-info/RECORD");
    CHECK_FALSE(is_complete(demo()));
  }
}

TEST_CASE("a distribution is removed with its bytecode and nothing else", "[install][uninstall]") {
  const TempDir directory;
  const fs::path root = directory.path() / "env";
  const fs::path site = root / "lib/site-packages";
  make_environment(site);
  SECTION("a directory of its own goes whole") {
    uninstall(root);
    CHECK_FALSE(fs::exists(site / "demo"));
  }
  SECTION("a directory that holds more stays") {
    put(site / "demo/sub/mine.py", "precious");
    uninstall(root);
    CHECK(base::read_file(site / "demo/sub/mine.py") == "precious");
    CHECK_FALSE(fs::exists(site / "demo/sub/a.py"));
    CHECK_FALSE(fs::exists(site / "demo/__pycache__"));
  }
  SECTION("files that are gone already") {
    fs::remove_all(site / "demo");
    uninstall(root);
  }
  CHECK_FALSE(fs::exists(site / "single.py"));
  CHECK_FALSE(fs::exists(root / "bin/demo"));
  CHECK_FALSE(fs::exists(site / "demo-1.0.dist-info"));
  CHECK_FALSE(fs::exists(site / "__pycache__/single.cpython-312.pyc"));
  CHECK(fs::exists(site / "__pycache__/other.cpython-312.pyc"));
  CHECK(base::read_file(site / "other.py") == "other");
}

TEST_CASE("files of the target itself stay whatever a RECORD lists", "[install][uninstall]") {
  const TempDir directory;
  const fs::path root = directory.path() / "env";
  const fs::path site = root / "lib/site-packages";
  make_environment(site, "../../pyvenv.cfg,,\n");
  put(root / "pyvenv.cfg", "home = /usr/bin\n");
  Transaction transaction({{root}}, staging_path_for(root), 2s);
  remove_distributions(transaction, find_distributions(site), {}, {root}, {root / "pyvenv.cfg"});
  transaction.apply();
  transaction.commit();
  CHECK(fs::exists(root / "pyvenv.cfg"));
  CHECK_FALSE(fs::exists(root / "bin/demo"));
}

TEST_CASE("a RECORD that leaves the target is refused", "[install][uninstall]") {
  const TempDir directory;
  const fs::path root = directory.path() / "env";
  const fs::path site = root / "lib/site-packages";
  put(directory.path() / "precious", "x");
  std::string listed;
  SECTION("by climbing") { listed = "../../../precious"; }
  SECTION("by an absolute path") { listed = (directory.path() / "precious").text(); }
  SECTION("by a link") {
    base::make_directories(site);
    fs::create_directory_symlink(directory.path(), site / "link");
    listed = "link/precious";
  }
  SECTION("by naming the whole directory") { listed = "."; }
  SECTION("into a directory of the environment that is not allowed") {
    listed = "../../pyvenv.cfg";
  }
  make_environment(site, listed + ",,\n");
  const Tree before = read_tree(directory.path());
  CHECK_THROWS_AS(uninstall(root), base::Error);
  CHECK(read_tree(directory.path()) == before);
}

}  // namespace ensure::install
