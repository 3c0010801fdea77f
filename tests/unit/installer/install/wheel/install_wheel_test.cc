#include <sys/stat.h>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/install/wheel/installation.h"
#include "installer/specs/metadata/record.h"
#include "installer/wheel/wheel_archive.h"
#include "memory_wheel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "tests/support/wheel_builder.h"
#include "tree.h"

namespace ensure::install {

namespace {

using tests::TempDir;

specs::Layout layout_of(const std::string& path) {
  const base::TargetPath root(path);
  specs::Layout layout;
  layout.scheme = {root / "lib/site-packages", root / "lib/site-packages", root / "bin", root,
                   root / "include"};
  layout.executable = "/final/env/bin/python";
  layout.python_minor = 12;
  return layout;
}

/// Installs for `/final/env`, into a directory.
Tree install_into(const fs::path& directory, const wheel::WheelSource& wheel,
                  const InstallOptions& options = {}) {
  const base::Directory staged = base::Directory::open(directory);
  WheelDestination destination;
  destination.map("/final/env", staged);
  install_wheel(wheel, layout_of("/final/env"), destination, options);
  return read_tree(directory);
}

Tree installed(const MemoryWheel& wheel, const InstallOptions& options = {}) {
  const TempDir directory;
  return install_into(directory.path(), wheel, options);
}

std::string content(const Tree& tree, const std::string& path) {
  const std::string what = tree.at(path);
  return what.substr(what.find(' ', what.find(' ') + 1) + 1);
}

void check_refused(const MemoryWheel& wheel) {
  const TempDir directory;
  const Tree before = read_tree(directory.path());
  try {
    install_into(directory.path(), wheel);
    FAIL("a bad wheel was installed");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kVerification);
    CHECK_FALSE(error.hints().empty());
  }
  CHECK(read_tree(directory.path()) == before);
}

}  // namespace

TEST_CASE("a wheel is spread over the directories of its scheme", "[install][install_wheel]") {
  MemoryWheel wheel;
  wheel.add("demo/__init__.py", "x = 1\n")
      .add("demo/sub/tool", "#!/bin/sh\n", true)
      .add_bytecode("demo/__pycache__/__init__.cpython-312.pyc", "code")
      .add("demo-1.0.data/scripts/run", "#!python -u\nprint()\n")
      .add("demo-1.0.data/scripts/shell", "#!/bin/sh\n")
      .add("demo-1.0.data/data/share/doc.txt", "doc")
      .add("demo-1.0.data/headers/demo.h", "int x;")
      .add("demo-1.0.data/platlib/demo_native.so", "elf")
      .add("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\ndemo = demo.cli:app.main\n")
      .finish();
  InstallOptions options;
  options.requested = true;
  options.direct_url = "{}";
  umask(022);
  const Tree tree = installed(wheel, options);

  CHECK(tree.at("lib/site-packages/demo/__init__.py") == "file 420 x = 1\n");
  CHECK(tree.at("lib/site-packages/demo/sub/tool") == "file 493 #!/bin/sh\n");
  CHECK(tree.at("bin/run") == "file 493 #!/final/env/bin/python\nprint()\n");
  CHECK(tree.at("bin/shell") == "file 493 #!/bin/sh\n");
  CHECK(content(tree, "bin/demo").find("from demo.cli import app\n") != std::string::npos);
  CHECK(content(tree, "bin/demo").find("sys.exit(app.main())") != std::string::npos);
  CHECK(tree.count("share/doc.txt") == 1);
  CHECK(tree.count("include/demo/demo.h") == 1);
  CHECK(content(tree, "lib/site-packages/demo-1.0.dist-info/INSTALLER") == "ensure\n");
  CHECK(content(tree, "lib/site-packages/demo-1.0.dist-info/REQUESTED").empty());

  const std::string record = content(tree, "lib/site-packages/demo-1.0.dist-info/RECORD");
  std::vector<std::string> paths;
  for (const specs::RecordEntry& row : specs::parse_record(record)) {
    paths.push_back(row.path);
    const std::string what =
        content(tree, fs::path("lib/site-packages/" + row.path).lexically_normal().text());
    const bool bare = row.path.ends_with(".pyc") || row.path.ends_with("/RECORD");
    CHECK(row.digest == (bare ? "" : base::to_base64url(base::sha256(what))));
    if (row.size) CHECK(*row.size == what.size());
  }
  CHECK(paths ==
        std::vector<std::string>{
            "../../bin/demo", "../../bin/run", "../../bin/shell", "../../include/demo/demo.h",
            "../../share/doc.txt", "demo-1.0.dist-info/INSTALLER", "demo-1.0.dist-info/METADATA",
            "demo-1.0.dist-info/RECORD", "demo-1.0.dist-info/REQUESTED", "demo-1.0.dist-info/WHEEL",
            "demo-1.0.dist-info/direct_url.json", "demo-1.0.dist-info/entry_points.txt",
            "demo/__init__.py", "demo/__pycache__/__init__.cpython-312.pyc", "demo/sub/tool",
            "demo_native.so"});
  CHECK(installed(wheel, options) == tree);
}

TEST_CASE("modes follow the umask", "[install][install_wheel]") {
  MemoryWheel wheel;
  wheel.add("demo/a", "").add("demo/b", "", true).finish();
  const mode_t old = umask(0);
  CHECK(installed(wheel).at("lib/site-packages/demo/a") == "file " + std::to_string(0666) + " ");
  umask(077);
  const Tree tree = installed(wheel);
  umask(old);
  CHECK(tree.at("lib/site-packages/demo/b") == "file " + std::to_string(0700) + " ");
  CHECK(tree.at("lib/site-packages/demo") == "directory " + std::to_string(0700));
}

TEST_CASE("a wheel whose metadata is bad is refused before the first write",
          "[install][install_wheel]") {
  MemoryWheel wheel;
  const std::string points = "demo-1.0.dist-info/entry_points.txt";
  wheel.add("demo/a.py", "x");
  SECTION("two files on one path") { wheel.add("demo-1.0.data/purelib/demo/a.py", "y"); }
  SECTION("two files on one path by way of the data directory") {
    wheel.add("demo-1.0.data/data/lib/site-packages/demo/a.py", "y");
  }
  SECTION("a script and an entry point on one path") {
    wheel.add("demo-1.0.data/data/bin/run", "y");
    wheel.add(points, "[console_scripts]\nrun = demo:main\n");
  }
  SECTION("an unknown key of a scheme") { wheel.add("demo-1.0.data/stdlib/x", "y"); }
  SECTION("an entry point that climbs") {
    wheel.add(points, "[console_scripts]\n../run = demo:main\n");
  }
  SECTION("an entry point that is a path") {
    wheel.add(points, "[console_scripts]\n/bin/run = demo:main\n");
  }
  SECTION("an entry point that is a parent") {
    wheel.add(points, "[gui_scripts]\n.. = demo:main\n");
  }
  SECTION("an entry point that replaces the interpreter") {
    wheel.add(points, "[console_scripts]\npython3.12 = demo:main\n");
  }
  SECTION("an entry point that is code") {
    wheel.add(points, "[console_scripts]\nrun = os;system:main\n");
  }
  SECTION("an entry point without an object") {
    wheel.add(points, "[console_scripts]\nrun = demo\n");
  }
  SECTION("no WHEEL") { wheel.remove("demo-1.0.dist-info/WHEEL"); }
  wheel.finish();
  check_refused(wheel);
}

TEST_CASE("a wheel whose content is not as RECORD says is refused", "[install][install_wheel]") {
  testing::WheelBuilder builder;
  const std::string content = "x";
  builder.add("demo/a.py", content);
  const std::string row = testing::WheelBuilder::record_row("demo/a.py", content);
  std::string changed;
  SECTION("a climbing name") { changed = "../" + row; }
  SECTION("an absolute name") { changed = "/" + row; }
  SECTION("a doubled separator") { changed = base::replace_all(row, "/", "//"); }
  SECTION("an md5 digest") { changed = "demo/a.py,md5=AAAA,1\n"; }
  SECTION("no digest") { changed = "demo/a.py,,1\n"; }
  SECTION("a row twice") { changed = row + row; }
  SECTION("another digest") { changed = "demo/a.py,sha256=" + std::string(43, 'A') + ",1\n"; }
  SECTION("another size") { changed = base::replace_all(row, ",1\n", ",2\n"); }
  SECTION("a file that RECORD does not list") { changed = ""; }
  SECTION("a row without a file") { changed = row + base::replace_all(row, "a.py", "b.py"); }
  builder.edit_record = [&](std::string& record) {
    record = base::replace_all(record, row, changed);
  };
  const TempDir directory;
  const std::string bytes = builder.build();
  try {
    install_into(directory.path(), wheel::WheelArchive::view(builder.filename, bytes));
    FAIL("a bad wheel was installed");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kVerification);
    CHECK_FALSE(error.hints().empty());
  }
  CHECK_FALSE(fs::exists(directory.path() / "lib/site-packages/demo-1.0.dist-info/RECORD"));
}

TEST_CASE("odd but legal wheels are installed", "[install][install_wheel]") {
  MemoryWheel wheel;
  wheel.add("demo/a.py", "x");
  wheel.add("demo-1.0.dist-info/INSTALLER", "somebody");
  wheel.add("demo-1.0.dist-info/RECORD.jws", "{}").remove_row("demo-1.0.dist-info/RECORD.jws");
  wheel.add("demo-1.0.data/scripts/run-script.py", "#!python\n");
  wheel.add("demo-1.0.dist-info/entry_points.txt", "[console_scripts]\nrun = demo:main\n");
  wheel.add("other.data/file", "x");
  wheel.finish();
  const Tree tree = installed(wheel);
  CHECK(content(tree, "lib/site-packages/demo-1.0.dist-info/INSTALLER") == "ensure\n");
  CHECK(tree.count("bin/run-script.py") == 0);
  CHECK(tree.count("bin/run") == 1);
  CHECK(tree.count("lib/site-packages/other.data/file") == 1);
}

TEST_CASE("nothing that exists is overwritten or followed", "[install][install_wheel]") {
  MemoryWheel wheel;
  wheel.add("demo/a.py", "x").finish();
  const TempDir directory;
  const fs::path site = directory.path() / "lib/site-packages";
  SECTION("a file") { put(site / "demo/a.py", "precious"); }
  SECTION("a link") {
    put(directory.path() / "elsewhere", "precious");
    base::make_directories(site / "demo");
    fs::create_symlink(directory.path() / "elsewhere", site / "demo/a.py");
  }
  SECTION("a link for a directory") {
    base::make_directories(site);
    base::make_directories(directory.path() / "elsewhere");
    fs::create_directory_symlink(directory.path() / "elsewhere", site / "demo");
  }
  CHECK_THROWS_AS(install_into(directory.path(), wheel), base::Error);
  const Tree tree = read_tree(directory.path());
  for (const auto& [path, what] : tree) CHECK_FALSE(what.ends_with(" x"));
}

}  // namespace ensure::install
