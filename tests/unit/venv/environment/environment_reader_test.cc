#include "venv/environment/environment_reader.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "sample_interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure::venv;
namespace base = ensure::base;
using ensure::tests::TempDir;
using Existing = ExistingEnvironment::Kind;
using Maker = ExistingEnvironment::Maker;

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::ofstream(path, std::ios::trunc) << text;
}

/// An environment of an interpreter whose files exist, and what it is compared with.
class Sample {
 public:
  Sample() : interpreter_(ensure::tests::sample_interpreter(12)) {
    write(temp_ / "python/bin/python3.12", "#!/bin/sh\n");
    fs::permissions(temp_ / "python/bin/python3.12", fs::perms::owner_all);
    fs::create_symlink("python3.12", temp_ / "python/bin/python3");
    interpreter_.executable = temp_ / "python/bin/python3";
    interpreter_.real_executable = temp_ / "python/bin/python3.12";
    make();
  }

  void make() {
    fs::remove_all(path());
    fs::create_directory(path());
    lay_out_environment(base::Directory::open(path()), parts());
  }

  /// The names of the parts that differ; those that are missing with "no " before them.
  [[nodiscard]] std::vector<std::string> differences() const {
    const std::vector<EnvironmentPart> asked = parts();
    std::vector<std::string> result;
    for (const PartDifference& found : venv_differences(asked)) {
      result.push_back((found.missing ? "no " : "") + asked[found.part].name);
    }
    return result;
  }

  [[nodiscard]] fs::path path() const { return temp_ / "env"; }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return path() / name; }
  EnvironmentOptions& options() { return options_; }
  Interpreter& interpreter() { return interpreter_; }

 private:
  [[nodiscard]] std::vector<EnvironmentPart> parts() const {
    return environment_parts(path(), interpreter_, options_);
  }
  [[nodiscard]] std::vector<PartDifference> venv_differences(
      const std::vector<EnvironmentPart>& asked) const {
    return ensure::venv::differences(*read_environment(path()), asked, interpreter_);
  }

  TempDir temp_;
  Interpreter interpreter_;
  EnvironmentOptions options_;
};

using Names = std::vector<std::string>;

TEST_CASE("other directories are not environments", "[venv][read_environment]") {
  const TempDir temp;
  CHECK_FALSE(read_environment(temp / "absent"));
  CHECK_FALSE(read_environment(temp / "absent/below"));
  CHECK(read_environment(temp.path())->kind == Existing::kEmptyDirectory);
  write(temp / "file", "");
  CHECK(read_environment(temp / "file")->kind == Existing::kNoDirectory);
  write(temp / "b", "");
  write(temp / ".a", "");
  const ExistingEnvironment foreign = *read_environment(temp.path());
  CHECK(foreign.kind == Existing::kForeign);
  CHECK(foreign.why_foreign == "it contains `.a`");
  fs::create_symlink("nowhere", temp / "dangling");
  CHECK(read_environment(temp / "dangling")->kind == Existing::kNoDirectory);
  CHECK(read_environment(temp / "dangling")->is_link);
}

TEST_CASE("an environment is read", "[venv][read_environment]") {
  const Sample sample;
  const ExistingEnvironment found = *read_environment(sample.path());
  CHECK(found.kind == Existing::kEnvironment);
  CHECK(found.maker == Maker::kEnsure);
  CHECK(found.configuration.version() == "3.12.1");
  CHECK(found.libraries == Names{"python3.12"});
  CHECK(found.site_packages("python3.12") == sample / "lib/python3.12/site-packages");
  REQUIRE(found.executables.size() == 3);
  CHECK(found.executables[0].name == "python");
  CHECK(found.executables[0].target == "python3");
  CHECK(found.executables[1].is_link);
  CHECK(found.executables[1].leads_to_file);
}

TEST_CASE("a link to an environment is read through", "[venv][read_environment]") {
  const Sample sample;
  const TempDir temp;
  fs::create_symlink(sample.path(), temp / "link");
  const ExistingEnvironment found = *read_environment(temp / "link");
  CHECK(found.is_link);
  CHECK(found.kind == Existing::kEnvironment);
}

TEST_CASE("files of another user that say which Python it is are noted",
          "[venv][read_environment]") {
  const Sample sample;
  CHECK_FALSE(read_environment(sample.path())->foreign);
  CHECK_FALSE(read_environment(sample.path())->configuration_is_open);
  fs::permissions(sample / "pyvenv.cfg", fs::perms::others_write, fs::perm_options::add);
  CHECK(read_environment(sample.path())->configuration_is_open);
  if (geteuid() != 0) return;  // only root can give files away
  constexpr uid_t kOther = 12345;
  for (const fs::path& path :
       {sample / "bin/python", sample / "bin", sample / "pyvenv.cfg", sample.path()}) {
    REQUIRE(lchown(path.c_str(), kOther, kOther) == 0);
    CHECK(read_environment(sample.path())->foreign == path);
  }
}

TEST_CASE("links that lead nowhere are seen", "[venv][read_environment]") {
  Sample sample;
  fs::remove(sample.interpreter().real_executable);
  const ExistingEnvironment found = *read_environment(sample.path());
  CHECK(std::none_of(found.executables.begin(), found.executables.end(),
                     [](const ExistingExecutable& each) { return each.leads_to_file; }));
}

TEST_CASE("the maker of an environment is recognized", "[venv][read_environment]") {
  const Sample sample;
  const auto maker = [&](const std::string& configuration, const std::string& script) {
    write(sample / "pyvenv.cfg", configuration);
    write(sample / "bin/activate", script);
    return read_environment(sample.path())->maker;
  };
  CHECK(maker("home = /x\n", "# of venv") == Maker::kVenv);
  CHECK(maker("home = /x\nvirtualenv = 20.0\n", "# of virtualenv") == Maker::kVirtualenv);
  CHECK(maker("home = /x\nuv = 0.9.0\n", "# of uv") == Maker::kUv);
}

TEST_CASE("broken environments are read", "[venv][read_environment]") {
  const TempDir temp;
  write(temp / "env/pyvenv.cfg", "home = /gone\nversion = \xff\xfe\n");
  fs::create_directory(temp / "env/bin");
  fs::create_symlink("nowhere", temp / "env/bin/python3");
  write(temp / "env/lib", "a file");
  const ExistingEnvironment found = *read_environment(temp / "env");
  CHECK(found.kind == Existing::kEnvironment);
  CHECK(found.executables.size() == 1);
  CHECK(found.libraries.empty());
}

TEST_CASE("a directory with a pyvenv.cfg alone is not an environment", "[venv][read_environment]") {
  const std::string home = "home = /usr/bin\n";
  struct Case {
    const char* name;
    std::string configuration;
    std::string python;  ///< a link to a Python in `bin`
    const char* why;     ///< empty for an environment
  };
  for (const Case& test : {
           Case{"an environment", home, "python3", ""},
           Case{"a link of another name", home, "pypy3.11", ""},
           Case{"empty", "", "python3", "names no `home`"},
           Case{"no text", "\xff\xfe", "python3", "names no `home`"},
           Case{"an empty home", "home =\n", "python3", "names no `home`"},
           Case{"a relative home", "home = bin\n", "python3", "names no `home`"},
           Case{"no Python", home, "", "has no Python"},
           Case{"no Python, but another program", home, "pythonista", "has no Python"},
       }) {
    CAPTURE(test.name);
    const TempDir temp;
    write(temp / "env/pyvenv.cfg", test.configuration);
    write(temp / "env/thesis", "years of work");
    fs::create_directory(temp / "env/bin");
    if (!test.python.empty())
      fs::create_symlink("/nowhere/python3", temp / "env/bin" / test.python);
    const ExistingEnvironment found = *read_environment(temp / "env");
    const bool is_environment = std::string(test.why).empty();
    CHECK((found.kind == Existing::kEnvironment) == is_environment);
    CHECK(found.why_foreign.find(test.why) != std::string::npos);
    CHECK(found.why_foreign.empty() == is_environment);
  }
}

TEST_CASE("a directory with the name of a Python is not one", "[venv][read_environment]") {
  const TempDir temp;
  write(temp / "env/pyvenv.cfg", "home = /usr/bin\n");
  fs::create_directories(temp / "env/bin/python3");
  CHECK(read_environment(temp / "env")->kind == Existing::kForeign);
}

TEST_CASE("another minor version or a stale library is noticed", "[venv][read_environment]") {
  Sample sample;
  CHECK(is_for(*read_environment(sample.path()), sample.interpreter()));
  sample.interpreter().version = "3.12.9";
  CHECK(is_for(*read_environment(sample.path()), sample.interpreter()));
  fs::create_directory(sample / "lib/python3.11");
  CHECK_FALSE(is_for(*read_environment(sample.path()), sample.interpreter()));
  fs::remove(sample / "lib/python3.11");
  CHECK_FALSE(is_for(*read_environment(sample.path()), ensure::tests::sample_interpreter(1)));
  CHECK_FALSE(is_for(*read_environment(sample.path()), ensure::tests::sample_interpreter(13)));
}

TEST_CASE("what was just made differs in nothing", "[venv][differences]") {
  Sample sample;
  CHECK(sample.differences().empty());
  sample.options().copies = true;
  sample.make();
  CHECK(sample.differences().empty());
  sample.options().relocatable = true;
  sample.options().prompt = "it's";
  sample.make();
  CHECK(sample.differences().empty());
}

TEST_CASE("parts that are gone are missing", "[venv][differences]") {
  const Sample sample;
  fs::remove(sample / "bin/python");
  fs::remove(sample / "bin/activate.nu");
  fs::remove(sample / "lib64");
  fs::remove(sample / "lib/python3.12/site-packages");
  CHECK(sample.differences() == Names{"no lib/python3.12/site-packages", "no lib64",
                                      "no bin/python", "no bin/activate.nu"});
}

TEST_CASE("executables have to lead to the interpreter", "[venv][differences]") {
  Sample sample;
  fs::remove(sample / "bin/python");
  fs::create_symlink(sample.interpreter().real_executable, sample / "bin/python");
  CHECK(sample.differences().empty());
  fs::remove(sample / "bin/python");
  fs::create_symlink("/bin/sh", sample / "bin/python");
  CHECK(sample.differences() == Names{"bin/python"});
  fs::remove(sample / "bin/python");
  write(sample / "bin/python", "not the interpreter");
  CHECK(sample.differences() == Names{"bin/python"});
}

TEST_CASE("links are no copies and copies no links", "[venv][differences]") {
  Sample sample;
  CHECK_FALSE(ensure::venv::has_copies(*read_environment(sample.path())));
  sample.options().copies = true;
  CHECK(sample.differences() == Names{"bin/python3", "bin/python", "bin/python3.12"});
  sample.make();
  CHECK(sample.differences().empty());
  CHECK(ensure::venv::has_copies(*read_environment(sample.path())));
  sample.options().copies = false;
  CHECK(sample.differences() == Names{"bin/python3", "bin/python", "bin/python3.12"});
}

TEST_CASE("a copy of another build is no copy, though it has the same size",
          "[venv][differences]") {
  Sample sample;
  sample.options().copies = true;
  sample.make();
  write(sample.interpreter().real_executable, "#!/bin/sh\n# build A\n");
  CHECK(sample.differences() == Names{"bin/python3", "bin/python", "bin/python3.12"});
  sample.make();
  CHECK(sample.differences().empty());
  write(sample.interpreter().real_executable, "#!/bin/sh\n# build B\n");
  CHECK(sample.differences() == Names{"bin/python3", "bin/python", "bin/python3.12"});
}

TEST_CASE("only lines of the configuration that mean something count", "[venv][differences]") {
  Sample sample;
  sample.options().clear = true;
  CHECK(sample.differences().empty());
  sample.options().system_site_packages = true;
  CHECK(sample.differences() == Names{"pyvenv.cfg"});
  sample.options() = {};
  sample.interpreter().version = "3.12.2";
  CHECK(sample.differences() == Names{"pyvenv.cfg"});
}

TEST_CASE("another prompt concerns the scripts too", "[venv][differences]") {
  Sample sample;
  sample.options().prompt = "another";
  CHECK(sample.differences() == Names{"pyvenv.cfg", "bin/activate", "bin/activate.csh",
                                      "bin/activate.fish", "bin/Activate.ps1", "bin/activate.nu",
                                      "bin/activate_this.py"});
  sample.make();
  CHECK(sample.differences().empty());
}

TEST_CASE("an environment keeps its prompt where none is given", "[venv][differences]") {
  Sample sample;
  for (const char* prompt : {"another", "it's \"odd\"", "", "\xff\u200b"}) {
    sample.options().prompt = prompt;
    sample.make();
    const ExistingEnvironment found = *read_environment(sample.path());
    CHECK(for_existing({}, found).prompt == prompt);
    EnvironmentOptions given;
    given.prompt = "given";
    CHECK(for_existing(given, found).prompt == "given");
  }
  sample.options().prompt.reset();
  sample.make();
  CHECK_FALSE(for_existing({}, *read_environment(sample.path())).prompt);
}

TEST_CASE("an environment that can be moved stays so", "[venv][differences]") {
  Sample sample;
  CHECK_FALSE(for_existing({}, *read_environment(sample.path())).relocatable);
  sample.options().relocatable = true;
  CHECK_FALSE(sample.differences().empty());
  sample.make();
  const ExistingEnvironment found = *read_environment(sample.path());
  CHECK(found.relocatable);
  CHECK(for_existing({}, found).relocatable);
}

TEST_CASE("what users add to activation scripts is theirs", "[venv][differences]") {
  const Sample sample;
  fs::ofstream(sample / "bin/activate", std::ios::app) << "export MINE=1\n";
  CHECK(sample.differences().empty());
}

TEST_CASE("scripts of an environment that has been moved are noticed", "[venv][differences]") {
  const Sample sample;
  const std::string text = base::read_file(sample / "bin/activate");
  write(sample / "bin/activate",
        text.substr(0, text.find("VIRTUAL_ENV='")) + "VIRTUAL_ENV='/old/place'\n");
  CHECK(read_environment(sample.path())->made_at == "/old/place");
  CHECK(sample.differences() == Names{"pyvenv.cfg", "bin/activate"});
}

TEST_CASE("environments of other tools need what they need", "[venv][differences]") {
  const Sample sample;
  write(sample / "bin/activate", "# of venv");
  for (const char* name : {"bin/activate.nu", "bin/activate_this.py"}) fs::remove(sample / name);
  CHECK(sample.differences().empty());
  fs::remove(sample / "bin/activate.fish");
  CHECK(sample.differences() == Names{"no bin/activate.fish"});

  fs::ofstream(sample / "pyvenv.cfg", std::ios::app) << "uv = 0.9\n";
  fs::remove_all(sample / "include");
  fs::remove(sample / "lib64");
  CHECK(sample.differences().empty());
  fs::remove(sample / "bin/python3");
  CHECK(sample.differences() == Names{"no bin/python3", "bin/python", "bin/python3.12"});
}

}  // namespace
