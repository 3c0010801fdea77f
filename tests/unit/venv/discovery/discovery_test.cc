#include "venv/discovery/discovery.h"

#include <algorithm>
#include <fstream>

#include "fake_python.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "venv/interpreter/file_queries.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::tests::runs;
using ensure::tests::TempDir;
using ensure::tests::write_executable;
using ensure::tests::write_fake_python;
using ensure::venv::find_interpreter;
using ensure::venv::FoundInterpreter;
using ensure::venv::list_interpreters;
using ensure::venv::PythonRequest;
using ensure::venv::Surroundings;

namespace {

/// A machine with Pythons of its own, none of the real one.
class Machine {
 public:
  Machine() {
    surroundings_.search_path = {directory_ / "first", directory_ / "second"};
    surroundings_.usual_directories = {directory_ / "usual"};
    surroundings_.current_directory = directory_ / "project";
    fs::create_directories(directory_ / "project");
  }

  void add(const std::string& path, const std::string& version,
           const std::string& implementation = "cpython", const std::string& abiflags = "") {
    write_fake_python(directory_ / path, version, log(), implementation, abiflags);
  }

  void add_link(const std::string& path, const std::string& target) {
    fs::create_directories((directory_ / path).parent_path());
    fs::create_symlink(target, directory_ / path);
  }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((directory_ / path).parent_path());
    fs::ofstream(directory_ / path) << text;
  }

  /// pyenv with some versions, whose shims come first on PATH and fail when they are run.
  void add_pyenv(const std::vector<std::string>& versions) {
    surroundings_.search_path.insert(surroundings_.search_path.begin(), directory_ / "pyenv/shims");
    for (const std::string& version : versions) {
      const std::string bin = std::string("pyenv/versions/").append(version).append("/bin/");
      const std::string minor = version.substr(0, version.rfind('.'));
      add(bin + "python" + minor, version);
      add_link(bin + "python3", "python" + minor);
      add_link(bin + "python", "python3");
      for (const std::string& name :
           {"python" + minor, std::string("python3"), std::string("python")}) {
        write_executable(directory_ / "pyenv/shims" / name,
                         "#!/usr/bin/env bash\nset -e\nexport PYENV_ROOT=\"" +
                             (directory_ / "pyenv").text() + "\"\nexec pyenv exec \"$program\"\n");
      }
    }
  }

  /// The path of what is found, relative to the machine; or the message that says why not.
  [[nodiscard]] std::string find(const std::string& request = "") {
    try {
      const PythonRequest parsed =
          request.empty() ? PythonRequest() : PythonRequest::parse(request);
      const FoundInterpreter found = find_interpreter(parsed, surroundings_);
      source_ = found.source;
      environment_ = found.environment.value_or("");
      return found.interpreter.executable.lexically_relative(directory_.path());
    } catch (const Error& error) {
      CHECK(error.exit_code() == ExitCode::kInterpreter);
      CHECK_FALSE(error.hints().empty());
      hints_ = error.hints();
      return error.message();
    }
  }

  [[nodiscard]] std::vector<std::string> list() const {
    std::vector<std::string> result;
    for (const FoundInterpreter& found : list_interpreters(surroundings_).found) {
      result.push_back(found.interpreter.version + " " +
                       found.interpreter.executable.lexically_relative(directory_.path()).text() +
                       " " + found.source);
    }
    return result;
  }

  [[nodiscard]] fs::path log() const { return directory_ / "log"; }
  [[nodiscard]] fs::path path(const std::string& name) const { return directory_ / name; }
  [[nodiscard]] Surroundings& surroundings() { return surroundings_; }
  [[nodiscard]] const fs::path& environment() const { return environment_; }
  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] const std::vector<std::string>& hints() const { return hints_; }

 private:
  TempDir directory_;
  Surroundings surroundings_;
  std::string source_;
  fs::path environment_;
  std::vector<std::string> hints_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("Without a request the first Python on PATH is taken", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python", "3.10.1");
  machine.add("second/python3", "3.12.1");
  CHECK(machine.find() == "first/python");
  CHECK(machine.source() == "PATH");
  CHECK(runs(machine.log()) == 1);
}

TEST_CASE("python3 is taken rather than python beside it", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python", "3.10.1");
  machine.add("first/python3", "3.12.1");
  CHECK(machine.find() == "first/python3");
}

TEST_CASE("A plain name later on PATH is taken before a name with a version", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3.13", "3.13.1");
  machine.add("second/python3", "3.12.1");
  CHECK(machine.find() == "second/python3");
  CHECK(machine.find(">=3.13") == "first/python3.13");
}

TEST_CASE("A Python that is too old does not end the search", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3", "3.7.1");
  machine.add("second/python3", "3.12.1");
  CHECK(machine.find() == "second/python3");
}

TEST_CASE("A Python that is broken does not end the search", "[venv][discovery]") {
  Machine machine;
  write_executable(machine.path("first/python3"), "#!/bin/sh\nexit 1\n");
  machine.add("second/python3", "3.12.1");
  CHECK(machine.find() == "second/python3");
}

TEST_CASE("Usual directories are searched after PATH", "[venv][discovery]") {
  Machine machine;
  machine.add("usual/python3", "3.12.1");
  CHECK(machine.find() == "usual/python3");
  CHECK(machine.source() == "usual directory");
}

TEST_CASE("Only what may fit by its name is run", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3.11", "3.11.2");
  machine.add_link("first/python3", "python3.11");
  machine.add_link("first/python", "python3");
  machine.add("second/python3.12", "3.12.1");
  machine.add("second/pypy3.9", "3.9.16", "pypy");
  CHECK(machine.find("3.12") == "second/python3.12");
  CHECK(runs(machine.log()) == 1);
  CHECK(machine.find(">=3.12") == "second/python3.12");
  CHECK(runs(machine.log()) == 2);
  CHECK(machine.find("pypy") == "second/pypy3.9");
  CHECK(runs(machine.log()) == 3);
}

TEST_CASE("The version in a name is checked", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3.12", "3.11.2");
  machine.add("second/python3.12", "3.12.1");
  CHECK(machine.find("3.12") == "second/python3.12");
}

TEST_CASE("A micro version and a free-threaded build are found", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3.13", "3.13.0");
  machine.add("second/python3.13", "3.13.1");
  machine.add("second/python3.13t", "3.13.2", "cpython", "t");
  CHECK(machine.find("3.13.1") == "second/python3.13");
  CHECK(machine.find("3.13t") == "second/python3.13t");
  CHECK(machine.find("python3.13") == "first/python3.13");
}

TEST_CASE("A program is found by its own name", "[venv][discovery]") {
  Machine machine;
  machine.add("second/my-python", "3.12.1");
  CHECK(machine.find("my-python") == "second/my-python");
}

TEST_CASE("A path is taken as it is", "[venv][discovery]") {
  Machine machine;
  machine.add("elsewhere/bin/python3", "3.12.1");
  CHECK(machine.find(machine.path("elsewhere/bin/python3")) == "elsewhere/bin/python3");
  CHECK(machine.source() == "--python");
  CHECK(machine.find(machine.path("elsewhere")) == "elsewhere/bin/python3");
  CHECK(machine.find(machine.path("elsewhere/bin")) == "elsewhere/bin/python3");
  CHECK(contains(machine.find(machine.path("project")), "directory without a Python"));
  CHECK(contains(machine.find(machine.path("missing")), "does not exist"));
}

TEST_CASE("An environment stands for its base", "[venv][discovery]") {
  Machine machine;
  machine.add("base/bin/python3.12", "3.12.1");
  machine.add_link("base/bin/python3", "python3.12");
  machine.add_link("project/.venv/bin/python3", machine.path("base/bin/python3"));
  machine.write("project/.venv/pyvenv.cfg", "home = " + machine.path("base/bin").text() + "\n");
  CHECK(machine.find(machine.path("project/.venv")) == "base/bin/python3");
  CHECK(machine.find(".venv") == "base/bin/python3");
  machine.surroundings().search_path = {machine.path("project/.venv/bin")};
  CHECK(machine.find() == "base/bin/python3");
  CHECK(machine.environment() == machine.path("project/.venv"));
  CHECK(machine.find(machine.path("base")) == "base/bin/python3");
  CHECK(machine.environment().empty());
}

TEST_CASE("A shim stands for the version that is selected", "[venv][discovery][pyenv]") {
  Machine machine;
  machine.add_pyenv({"3.9.18", "3.11.7", "3.12.1"});
  machine.add("second/python3", "3.10.0");
  machine.write("pyenv/version", "# comment\n3.11.7\n");
  CHECK(machine.find() == "pyenv/versions/3.11.7/bin/python3");
  CHECK(machine.source() == "pyenv");

  machine.write(".python-version", "3.12\r\n");
  CHECK(machine.find() == "pyenv/versions/3.12.1/bin/python3");

  machine.surroundings().variables["PYENV_VERSION"] = "3.9.18:3.12.1";
  CHECK(machine.find() == "pyenv/versions/3.9.18/bin/python3");
  CHECK(machine.find("3.12") == "pyenv/versions/3.12.1/bin/python3.12");

  machine.surroundings().variables["PYENV_VERSION"] = "system";
  CHECK(machine.find() == "second/python3");
}

TEST_CASE("A version behind a shim is found though it is not selected",
          "[venv][discovery][pyenv]") {
  Machine machine;
  machine.add_pyenv({"2.7.18", "3.9.18", "3.10.2", "3.11.7"});
  machine.write("pyenv/version", "3.11.7\n");
  CHECK(machine.find("3.9") == "pyenv/versions/3.9.18/bin/python3.9");
  CHECK(machine.find(machine.path("pyenv/shims/python3.9")) ==
        "pyenv/versions/3.9.18/bin/python3.9");
  CHECK(machine.find("<3.11") == "pyenv/versions/3.10.2/bin/python3");
  CHECK(runs(machine.log()) == 3);
}

TEST_CASE("A version file cannot lead out of the version manager", "[venv][discovery][pyenv]") {
  Machine machine;
  machine.add_pyenv({"3.11.7"});
  machine.add("evil/bin/python3", "3.12.1");
  machine.add("second/python3", "3.10.0");
  machine.write("project/.python-version", "../../evil\n");
  CHECK(machine.find() == "second/python3");
}

TEST_CASE("Shims of asdf and mise are resolved by their own files", "[venv][discovery]") {
  for (const std::string manager : {"asdf", "mise"}) {
    INFO(manager);
    Machine machine;
    machine.surroundings().search_path = {machine.path("data/shims")};
    machine.add("data/installs/python/3.11.7/bin/python3", "3.11.7");
    machine.add("data/installs/python/3.12.1/bin/python3", "3.12.1");
    if (manager == "asdf") {
      write_executable(machine.path("data/shims/python3"),
                       "#!/bin/sh\n# asdf-plugin: python 3.11.7\nexec asdf exec python3 \"$@\"\n");
    } else {
      write_executable(machine.path("bin/mise"), "#!/bin/sh\nexit 1\n");
      machine.add_link("data/shims/python3", machine.path("bin/mise"));
    }
    machine.write("project/.tool-versions", "nodejs 20\npython 3.12.1 system # ours\n");
    CHECK(machine.find() == "data/installs/python/3.12.1/bin/python3");
    CHECK(machine.source() == manager);
    CHECK(machine.find("3.11") == "data/installs/python/3.11.7/bin/python3");
  }
}

TEST_CASE("Each interpreter is listed once", "[venv][discovery]") {
  Machine machine;
  machine.add_pyenv({"3.9.18", "3.11.7"});
  machine.write("pyenv/version", "3.11.7\n");
  machine.add("second/python3.12", "3.12.1");
  machine.add_link("second/python3", "python3.12");
  machine.add_link("first/python3", machine.path("second/python3.12"));
  machine.add("second/pypy3", "3.9.16", "pypy");
  machine.add_link("usual/python3", "../second/python3.12");
  const std::vector<std::string> expected{"3.11.7 pyenv/versions/3.11.7/bin/python3 pyenv",
                                          "3.12.1 first/python3 PATH", "3.9.16 second/pypy3 PATH",
                                          "3.9.18 pyenv/versions/3.9.18/bin/python3 pyenv"};
  CHECK(machine.list() == expected);
}

TEST_CASE("An error names the interpreters that exist", "[venv][discovery]") {
  Machine machine;
  CHECK(contains(machine.find(), "no supported Python"));
  machine.add("first/python3.11", "3.11.7");
  machine.add("first/python3.8", "3.8.1");
  CHECK(machine.find("3.12") == "no Python that matches `3.12` was found");
  REQUIRE(machine.hints().size() == 2);
  CHECK(machine.hints()[0] == "did you mean `--python 3.11.7`?");
  CHECK(contains(machine.hints()[1], "3.8.1 (`"));
  CHECK(machine.find("pyhton3.11") == "no Python that matches `pyhton3.11` was found");
  CHECK(machine.hints()[0] == "did you mean `--python python3.11`?");
}

TEST_CASE("The nearest request is of the same implementation", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3.11", "3.11.7");
  machine.add("second/pypy3", "3.9.16", "pypy");
  for (const char* wrong : {"3.8", "3.1", "cpython3.9"}) {
    (void)machine.find(wrong);
    CHECK(machine.hints()[0] == "did you mean `--python 3.11.7`?");
  }
  (void)machine.find("pypy3.11");
  CHECK(machine.hints()[0] == "did you mean `--python pypy3.9.16`?");
}

TEST_CASE("A current directory that is gone does no harm", "[venv][discovery]") {
  Machine machine;
  machine.add_pyenv({"3.11.7"});
  machine.surroundings().current_directory = "";
  machine.write("pyenv/version", "3.11.7\n");
  CHECK(machine.find() == "pyenv/versions/3.11.7/bin/python3");
}

TEST_CASE("The first candidate is described at once if its files allow it", "[venv][discovery]") {
  Machine machine;
  machine.add("second/python3", "3.11.1");
  const fs::path prefix = machine.path("first");
  fs::create_directories(prefix / "bin");
  fs::create_directories(prefix / "lib/python3.12/lib-dynload");
  fs::create_directories(prefix / "include/python3.12");
  fs::copy_file(FAKE_CPYTHON, prefix / "bin/python3.12");
  fs::create_symlink("python3.12", prefix / "bin/python3");
  fs::ofstream(prefix / "bin/version") << "Python 3.12.1 (main) [GCC 15]\n";
  fs::ofstream(prefix / "lib/python3.12/os.py") << "";
  fs::ofstream(prefix / "include/python3.12/patchlevel.h") << "#define PY_VERSION \"3.12.1\"\n";
  machine.surroundings().search_path.insert(machine.surroundings().search_path.begin(),
                                            prefix / "bin");
  auto expected = ensure::venv::expect_interpreter({}, machine.surroundings());
  REQUIRE(expected);
  CHECK(expected->interpreter().executable == prefix / "bin/python3");
  CHECK(expected->confirm());
  // Another version is needed: the candidate has to be asked.
  CHECK_FALSE(
      ensure::venv::expect_interpreter(PythonRequest::parse("3.12.7"), machine.surroundings()));
  CHECK(runs(machine.log()) == 0);
}

TEST_CASE("A candidate that has to be asked is not described at once", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3", "3.12.1");
  CHECK_FALSE(ensure::venv::expect_interpreter({}, machine.surroundings()));
  CHECK(runs(machine.log()) == 0);
}

TEST_CASE("Files that cannot be examined count as missing", "[venv][discovery]") {
  Machine machine;
  machine.add("first/python3", "3.12.1");
  const fs::path file = machine.path("first/python3");
  CHECK(ensure::venv::is_executable_file(file));
  CHECK(ensure::venv::is_same_file(file, machine.path("first/../first/python3")));
  CHECK_FALSE(ensure::venv::is_file(file / "below"));
  CHECK_FALSE(ensure::venv::directory_exists(file));
  CHECK_FALSE(ensure::venv::read_if_readable(machine.path("first")));
  CHECK_FALSE(ensure::venv::is_same_file(file, machine.path("missing")));
  CHECK_FALSE(ensure::venv::is_file(std::string(5000, 'x')));
}
