#include "installer/install/wheel/wheel_installer.h"

#include <sys/stat.h>

#include <thread>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/record.h"
#include "memory_wheel.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "wheel_target.h"

namespace ensure::install {

namespace {

using testing::WheelBuilder;

/// The error of installing wheels into a new target, of which nothing may be left.
base::Error refusal_of(const std::vector<SharedWheel>& wheels) {
  const WheelTarget target;
  try {
    target.install(wheels);
  } catch (const base::Error& error) {
    CHECK(base::list_directory(target.directory()).empty());
    return error;
  }
  throw std::logic_error("was installed");
}

void check_collision(const std::map<std::string, std::string>& one,
                     const std::map<std::string, std::string>& other, const std::string& path) {
  CAPTURE(path);
  const base::Error error =
      refusal_of({open_wheel(wheel_of("one", one)), open_wheel(wheel_of("other", other))});
  CHECK(error.exit_code() == base::ExitCode::kVerification);
  CHECK(error.message().find("`one`") != std::string::npos);
  CHECK(error.message().find("`other`") != std::string::npos);
  CHECK(error.message().find(path) != std::string::npos);
  CHECK_FALSE(error.hints().empty());
}

}  // namespace

TEST_CASE("many wheels are installed in one step", "[install][WheelInstaller]") {
  const WheelTarget target;
  std::vector<SharedWheel> wheels;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "project" + std::to_string(i);
    std::map<std::string, std::string> files{{name + ".pth", ""}};
    for (int file = 0; file <= i; ++file) {
      files[name + "/part" + std::to_string(file % 3) + "/m" + std::to_string(file) + ".py"] =
          std::string(static_cast<std::size_t>(file) * 1000, 'x');
    }
    wheels.push_back(open_wheel(wheel_of(name, files)));
  }
  const std::vector<StartupHooks> hooks = target.install(wheels);
  REQUIRE(hooks.size() == wheels.size());
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    CHECK(hooks[i].pth_files == std::vector{"project" + std::to_string(i) + ".pth"});
    const Distribution found = find_distributions(target.site(), wheels[i]->name()).at(0);
    CHECK(is_as_recorded(found));
    const std::vector<specs::RecordEntry> rows =
        specs::parse_record(base::read_file(found.dist_info / "RECORD"));
    CHECK(rows.size() == i + 1 + 5);  // with the hook, METADATA, WHEEL, INSTALLER and RECORD
  }
}

TEST_CASE("threads may add wheels", "[install][WheelInstaller]") {
  const tests::TempDir directory;
  const base::Directory staged = base::Directory::open(directory.path());
  WheelDestination destination;
  destination.map("/final/env", staged);
  const WheelTarget model;
  specs::Layout layout = model.layout();
  layout.scheme = {"/final/env/site", "/final/env/site", "/final/env/bin", "/final/env",
                   "/final/env/include"};
  WheelInstaller installer(layout, destination, 2);
  {
    constexpr int kAdders = 4;
    std::vector<std::jthread> threads;
    threads.reserve(kAdders);
    for (int thread = 0; thread < kAdders; ++thread) {
      threads.emplace_back([&installer, thread] {
        for (int i = 0; i < 10; ++i) {
          const std::string name = "p" + std::to_string(thread) + "x" + std::to_string(i);
          installer.add(open_wheel(wheel_of(name, {{name + ".py", "x"}})), {});
        }
      });
    }
  }
  CHECK(installer.finish().size() == 40);
  CHECK(find_distributions(directory / "site").size() == 40);
}

TEST_CASE("the same wheels give the same tree on any number of threads",
          "[install][WheelInstaller]") {
  const std::vector<SharedWheel> wheels = {
      open_wheel(wheel_of("one", {{"ns/one.py", "1"}, {"one-1.0.data/data/share/x", "1"}})),
      open_wheel(wheel_of("other", {{"ns/other.py", "2"}, {"other-1.0.data/data/share/y", "2"}}))};
  const WheelTarget first;
  const WheelTarget second;
  first.install(wheels);
  second.install({wheels[1], wheels[0]});
  CHECK(first.tree() == second.tree());
}

TEST_CASE("an installer without wheels does nothing", "[install][WheelInstaller]") {
  const WheelTarget target;
  CHECK(target.install({}).empty());
}

TEST_CASE("options belong to each wheel", "[install][WheelInstaller]") {
  const WheelTarget target;
  InstallOptions options;
  options.requested = true;
  options.direct_url = R"({"url": "https://index.test/one.whl"})";
  target.install({open_wheel(wheel_of("one", {{"one.py", "1"}}))}, options);
  target.install({open_wheel(wheel_of("other", {{"other.py", "2"}}))});
  CHECK(target.content("one-1.0.dist-info/INSTALLER") == "ensure\n");
  CHECK(target.content("one-1.0.dist-info/direct_url.json") == *options.direct_url);
  CHECK(fs::exists(target.site() / "one-1.0.dist-info/REQUESTED"));
  CHECK_FALSE(fs::exists(target.site() / "other-1.0.dist-info/REQUESTED"));
  CHECK_FALSE(fs::exists(target.site() / "other-1.0.dist-info/direct_url.json"));
}

TEST_CASE("modes are what the umask makes of them", "[install][WheelInstaller]") {
  struct Case {
    mode_t umask;
    mode_t plain;
    mode_t executable;
  };
  for (const Case& test : {Case{022, 0644, 0755}, Case{077, 0600, 0700}, Case{0, 0666, 0777}}) {
    CAPTURE(test.umask);
    const mode_t before = umask(test.umask);
    const WheelTarget target;
    WheelBuilder builder = wheel_of("one", {{"one.py", "1"}});
    builder.add("one-1.0.data/scripts/run", "#!python\n");
    builder.add("tool", "#!/bin/sh\n").mode = 0100755;
    target.install({open_wheel(builder)});
    umask(before);
    const auto mode_of = [&](const fs::path& path) { return base::file_status(path)->mode; };
    CHECK(mode_of(target.site() / "one.py") == test.plain);
    CHECK(mode_of(target.site() / "tool") == test.executable);
    CHECK(mode_of(target.path() / "bin/run") == test.executable);
  }
}

TEST_CASE("two wheels with one path are refused before anything is in place",
          "[install][WheelInstaller]") {
  check_collision({{"shared.py", "1"}}, {{"shared.py", "2"}}, "shared.py");
  check_collision({{"pkg/a.py", "1"}}, {{"pkg/a.py", "1"}}, "pkg/a.py");
  check_collision({{"pkg/__init__.py", "1"}}, {{"pkg/__init__.py", "2"}}, "pkg/__init__.py");
  // Equal or not: who uninstalls one of them would break the other.
  check_collision({{"pkg/__init__.py", "1"}}, {{"pkg/__init__.py", "1"}}, "pkg/__init__.py");
  check_collision({{"pkg/__init__.py", ""}}, {{"pkg/__init__.py", ""}}, "pkg/__init__.py");
  check_collision({{"pkg/py.typed", ""}}, {{"pkg/py.typed", ""}}, "pkg/py.typed");
  check_collision({{"pkg", "1"}}, {{"pkg/a.py", "1"}}, "site-packages/pkg`");
  check_collision({{"pkg/a.py", "1"}}, {{"pkg", "1"}}, "site-packages/pkg`");
  check_collision({{"one-1.0.data/scripts/run", "1"}},
                  {{"other-1.0.dist-info/entry_points.txt", "[console_scripts]\nrun = a:b\n"}},
                  "bin/run");
  check_collision({{"one-1.0.data/data/lib/site-packages/x.py", "1"}}, {{"x.py", "1"}}, "x.py");
  check_collision({{"one-1.0.data/data/share/x", "1"}}, {{"other-1.0.data/data/share/x", "1"}},
                  "share/x");
}

TEST_CASE("one project twice is refused", "[install][WheelInstaller]") {
  const base::Error error = refusal_of({open_wheel(wheel_of("one", {{"one.py", "1"}})),
                                        open_wheel(wheel_of("one", {{"two.py", "1"}}))});
  CHECK(error.exit_code() == base::ExitCode::kVerification);
}

TEST_CASE("a wheel that needs a path as a file and as a directory is refused",
          "[install][WheelInstaller]") {
  const base::Error error = refusal_of(
      {open_wheel(wheel_of("one", {{"pkg/a.py", "1"}, {"one-1.0.data/purelib/pkg", "1"}}))});
  CHECK(error.exit_code() == base::ExitCode::kVerification);
}

TEST_CASE("a directory that two logical directories are is known as one",
          "[install][WheelInstaller]") {
  const WheelTarget target;
  base::make_directories(target.path() / "lib/site-packages");
  base::Directory::open(target.path()).create_link("lib64", "lib");
  const base::Directory staged = base::Directory::open(target.path());
  WheelDestination destination;
  destination.map(base::TargetPath(target.path()), staged);
  specs::Layout layout = target.layout();
  layout.scheme.platlib = base::TargetPath(target.path()) / "lib64/site-packages";
  WheelInstaller installer(layout, destination, 1);
  installer.add(open_wheel(wheel_of("one", {{"x.py", "1"}})), {});
  WheelBuilder native = wheel_of("other", {{"x.py", "1"}});
  native.wheel().content =
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n";
  CHECK_THROWS_AS(installer.add(open_wheel(native), {}), base::Error);
}

/// Installs projects of one namespace package, whose `__init__.py` is equal in all of them.
void check_namespace(const std::string& init) {
  CAPTURE(init);
  const WheelTarget target;
  target.install({open_wheel(wheel_of("one", {{"ns/__init__.py", init}, {"ns/one.py", "1"}})),
                  open_wheel(wheel_of("other", {{"ns/__init__.py", init}, {"ns/other.py", "2"}}))});
  CHECK(target.content("ns/__init__.py") == init);
  for (const Distribution& found : find_distributions(target.site())) {
    CHECK(is_as_recorded(found));
    CHECK(base::read_file(found.dist_info / "RECORD").find("ns/__init__.py") != std::string::npos);
  }
  // One more beside what is installed, which then goes again.
  target.install({open_wheel(wheel_of("third", {{"ns/__init__.py", init}, {"ns/third.py", "3"}}))});
  target.change_to({open_wheel(wheel_of("one", {{"ns/__init__.py", init}, {"ns/one.py", "1"}}))},
                   true);
  CHECK(base::list_directory(target.site() / "ns") ==
        std::vector<std::string>{"__init__.py", "one.py"});
}

TEST_CASE("the package file of a namespace may be in several wheels", "[install][WheelInstaller]") {
  check_namespace("__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n");
  check_namespace(
      "try:\n    __import__('pkg_resources').declare_namespace(__name__)\n"
      "except ImportError:\n    pass\n");
}

TEST_CASE("a file of an installed project is not replaced by another's",
          "[install][WheelInstaller]") {
  const WheelTarget target;
  target.install({open_wheel(wheel_of("one", {{"pkg/a.py", "1"}, {"pkg/__init__.py", ""}}))});
  const Tree before = target.tree();
  const std::string init = "pkg/__init__.py";  // the same in both
  for (const std::string& path :
       {std::string("pkg/a.py"), std::string("pkg"), std::string("pkg/a.py/b"), init}) {
    CAPTURE(path);
    try {
      target.install({open_wheel(wheel_of("other", {{path, path == init ? "" : "2"}}))});
      FAIL_CHECK("was installed");
    } catch (const base::Error& error) {
      CHECK(error.exit_code() == base::ExitCode::kVerification);
      CHECK(error.message().find("`one`") != std::string::npos);
    }
    CHECK(target.tree() == before);
  }
}

TEST_CASE("bytecode for a module of another project is refused", "[install][WheelInstaller]") {
  const SharedWheel honest = open_wheel(wheel_of("honest", {{"honest/__init__.py", "1"}}));
  const SharedWheel evil = open_wheel(
      wheel_of("evil", {{"honest/__pycache__/__init__.cpython-312.pyc", "2"}, {"evil.py", "3"}}));
  const WheelTarget target;
  target.install({honest});
  const Tree before = target.tree();
  CHECK_THROWS_AS(target.change_to({honest, evil}), base::Error);
  CHECK(target.tree() == before);
  for (const auto& wheels : {std::vector{honest, evil}, std::vector{evil, honest}}) {
    const WheelTarget fresh;
    CHECK_THROWS_AS(fresh.install(wheels), base::Error);
  }
  // Its own bytecode a project may have, also of a module that it shares.
  const std::string pyc = "ns/__pycache__/__init__.cpython-312.pyc";
  const std::string init = "__import__('pkg_resources').declare_namespace(__name__)\n";
  const WheelTarget sharing;
  CHECK_NOTHROW(
      sharing.install({open_wheel(wheel_of("one", {{"ns/__init__.py", init}, {pyc, "b"}})),
                       open_wheel(wheel_of("two", {{"ns/__init__.py", init}}))}));
}

TEST_CASE("the paths of the target itself are refused", "[install][WheelInstaller]") {
  const tests::TempDir directory;
  const base::Directory staged = base::Directory::open(directory.path());
  fs::create_directory(directory / "lib");
  fs::create_directory_symlink("lib", directory / "lib64");
  WheelDestination destination;
  destination.map("/final/env", staged);
  const WheelTarget model;
  specs::Layout layout = model.layout();
  layout.scheme = {"/final/env/lib/site", "/final/env/lib/site", "/final/env/bin", "/final/env",
                   "/final/env/include"};
  WheelInstaller installer(layout, destination, 1);
  installer.reserve({.owner = "the environment",
                     .files = {"/final/env/bin/activate"},
                     .links = {{"/final/env/lib64", "/final/env/lib"}},
                     .staged = {}});
  const auto refused = [&](const std::string& path) {
    try {
      installer.add(open_wheel(wheel_of("evil", {{"evil-1.0.data/data/" + path, "x"}})), {});
    } catch (const base::Error& error) {
      return error.exit_code() == base::ExitCode::kVerification;
    }
    return false;
  };
  installer.add(open_wheel(wheel_of("demo", {{"demo.py", "x"}})), {});
  CHECK(refused("bin/activate"));
  CHECK(refused("bin/activate/x"));
  CHECK(refused("lib64"));
  CHECK(refused("lib64/site/demo.py"));
  installer.add(open_wheel(wheel_of("tool", {{"tool-1.0.data/data/lib64/tool.so", "x"}})), {});
  CHECK(installer.finish().size() == 2);
  CHECK(fs::exists(directory / "lib/tool.so"));
}

TEST_CASE("a project whose RECORD is damaged is in nobody's way", "[install][WheelInstaller]") {
  const WheelTarget target;
  put(target.site() / "broken-1.0.dist-info/RECORD", "a,b,c,d\n\"");
  put(target.site() / "none-1.0.dist-info/METADATA", "");
  CHECK_NOTHROW(target.install({open_wheel(wheel_of("other", {{"other.py", "2"}}))}));
  CHECK_NOTHROW(target.change_to({}));
}

TEST_CASE("an error says which wheel it is about", "[install][WheelInstaller]") {
  testing::WheelBuilder broken = wheel_of("broken", {{"broken.py", "x"}});
  broken.at("broken.py").packed = "damaged";
  const base::Error error =
      refusal_of({open_wheel(wheel_of("one", {{"one.py", "1"}})), open_wheel(broken)});
  CHECK(error.exit_code() == base::ExitCode::kVerification);
  REQUIRE(error.contexts().size() == 1);
  CHECK(error.contexts().front() == "while installing `broken 1.0`");
}

TEST_CASE("wheels that do not fit on the disk are refused before they are written",
          "[install][WheelInstaller]") {
  const auto large = std::make_shared<MemoryWheel>("large");
  constexpr std::uint64_t kHalf = std::uint64_t{1} << 63U;
  large->add("large.py", "x").set_unpacked_size(kHalf - 1000).finish();
  const base::Error error = refusal_of({large});
  CHECK(error.exit_code() == base::ExitCode::kFileSystem);
  CHECK(error.message().find("it needs") != std::string::npos);
}

}  // namespace ensure::install
