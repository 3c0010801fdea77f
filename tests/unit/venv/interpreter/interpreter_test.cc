#include "venv/interpreter/interpreter.h"

#include <sys/stat.h>

#include <fstream>

#include "installer/base/error.h"
#include "machine_interpreters.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::tests::ask;
using ensure::tests::is_supported;
using ensure::tests::machine_pythons;
using ensure::tests::TempDir;
using ensure::venv::inspect;
using ensure::venv::Interpreter;

namespace {

constexpr const char* kQuestions = R"(
import os, sys, sysconfig
print(sys._base_executable)
print(os.path.realpath(sys._base_executable))
print(".".join(map(str, sys.version_info[:3])))
print(sys.implementation.name)
print(sys.implementation.cache_tag)
print(sys.abiflags)
print(sys.base_prefix)
print(getattr(sys, "platlibdir", "lib"))
print(sys.maxsize > 2**32)
print(sysconfig.get_platform())
print(sys.platform)
print(sysconfig.get_path("stdlib"))
)";

std::vector<std::string> answers(const Interpreter& interpreter) {
  return {interpreter.executable,
          interpreter.real_executable,
          interpreter.version,
          interpreter.implementation,
          interpreter.cache_tag,
          interpreter.abiflags,
          interpreter.base_prefix,
          interpreter.platlibdir,
          interpreter.is_64bit ? "True" : "False",
          interpreter.platform,
          interpreter.system,
          interpreter.standard_library()};
}

void write_program(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::ofstream(path) << text;
  chmod(path.c_str(), 0755);
}

std::string refusal(const fs::path& path) {
  try {
    return "described as " + inspect(path).version;
  } catch (const Error& error) {
    CHECK(error.exit_code() == ExitCode::kInterpreter);
    CHECK_FALSE(error.hints().empty());
    CHECK(error.message().find(path.text()) != std::string::npos);
    return error.message();
  }
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What an installation needs to start without `site`, copied to another place.
void copy_installation(const fs::path& prefix, const std::string& library, const fs::path& to) {
  fs::create_directories(to / "bin");
  fs::create_directories(to / "lib" / library);
  fs::copy(prefix / "bin", to / "bin",
           fs::copy_options::copy_symlinks | fs::copy_options::recursive);
  for (const fs::directory_entry& entry : fs::directory_iterator(prefix / "lib")) {
    if (!entry.is_directory()) {
      fs::copy(entry, to / "lib" / fs::ours(entry.path()).filename(),
               fs::copy_options::copy_symlinks);
    }
  }
  for (const fs::directory_entry& entry : fs::directory_iterator(prefix / "lib" / library)) {
    const std::string name = fs::ours(entry.path()).filename().text();
    const bool needed = name == "encodings" || name == "collections" || name == "re" ||
                        name == "lib-dynload" || name == "sysconfig";
    if (entry.is_regular_file() || needed) {
      fs::copy(entry, to / "lib" / library / name, fs::copy_options::recursive);
    }
  }
}

std::vector<fs::path> supported_pythons() {
  std::vector<fs::path> result;
  for (const fs::path& path : machine_pythons()) {
    if (is_supported(path)) result.push_back(path);
  }
  return result;
}

}  // namespace

TEST_CASE("An interpreter is described as it describes itself", "[venv][Interpreter]") {
  for (const fs::path& path : supported_pythons()) {
    INFO(path);
    CHECK(answers(inspect(path)) == ask(path, kQuestions));
  }
}

TEST_CASE("A link to an interpreter is described as the link describes itself",
          "[venv][Interpreter]") {
  const TempDir directory;
  int number = 0;
  for (const fs::path& path : supported_pythons()) {
    INFO(path);
    const fs::path link = directory / ("python" + std::to_string(number++));
    fs::create_symlink(path, link);
    CHECK(answers(inspect(link)) == ask(link, kQuestions));
    const fs::path relative = directory / ("relative" + std::to_string(number++));
    fs::create_symlink(fs::relative(path, directory.path()), relative);
    CHECK(answers(inspect(relative)) == ask(relative, kQuestions));
    const fs::path directory_link = directory / ("directory" + std::to_string(number++));
    fs::create_directory_symlink(path.parent_path(), directory_link);
    CHECK(answers(inspect(directory_link / path.filename())) ==
          ask(directory_link / path.filename(), kQuestions));
  }
}

TEST_CASE("An installation that was moved is described where it is", "[venv][Interpreter]") {
  for (const fs::path& path : supported_pythons()) {
    const Interpreter original = inspect(path);
    if (original.base_prefix == "/usr" || original.implementation != "cpython") continue;
    INFO(path);
    const TempDir directory;
    const fs::path prefix = directory / "a place with blanks, and ümlauts";
    copy_installation(original.base_prefix, original.library_name, prefix);
    const fs::path moved = prefix / "bin/python";
    const Interpreter description = inspect(moved);
    CHECK(description.base_prefix == prefix);
    CHECK(answers(description) == ask(moved, kQuestions));
    // Without an executable's name to go by, it has to be asked.
    fs::copy_file(fs::canonical(moved), prefix / "bin/snake");
    CHECK(answers(inspect(prefix / "bin/snake")) == ask(prefix / "bin/snake", kQuestions));
  }
}

TEST_CASE("In an environment the base is described", "[venv][Interpreter]") {
  for (const fs::path& path : supported_pythons()) {
    const Interpreter base = inspect(path);
    if (base.implementation != "cpython" || !fs::exists(base.standard_library() / "venv")) continue;
    for (const std::string kind : {"--symlinks", "--copies"}) {
      INFO(path << " " << kind);
      const TempDir directory;
      const auto make = [&](const fs::path& python, const fs::path& place) {
        ensure::base::Process process(
            {python.text(), "-I", "-m", "venv", "--without-pip", kind, place.text()},
            ensure::base::environment_without({"PYTHON"}));
        REQUIRE(process.wait(std::chrono::seconds(60)).succeeded());
      };
      make(path, directory / "outer");
      CHECK(inspect(directory / "outer/bin/python").real_executable == base.real_executable);
      make(directory / "outer/bin/python", directory / "inner");
      const Interpreter found = inspect(directory / "inner/bin/python");
      CHECK(found.real_executable == base.real_executable);
      CHECK(found.base_prefix == base.base_prefix);
      CHECK_FALSE(contains(found.executable, directory.path()));
    }
  }
}

TEST_CASE("An environment whose base is gone is refused", "[venv][Interpreter]") {
  const TempDir directory;
  write_program(directory / "env/bin/python", "#!/bin/sh\nexit 1\n");
  fs::ofstream(directory / "env/pyvenv.cfg") << "home = /nonexistent/bin\nversion = 3.12.1\n";
  CHECK(contains(refusal(directory / "env/bin/python"), "`/nonexistent/bin` no longer exists"));
}

TEST_CASE("An environment that is its own base is refused", "[venv][Interpreter]") {
  const TempDir directory;
  write_program(directory / "env/bin/python", "#!/bin/sh\nexit 1\n");
  fs::ofstream(directory / "env/pyvenv.cfg") << "home = " << (directory / "env/bin").text() << "\n";
  CHECK(contains(refusal(directory / "env/bin/python"), "is its own base"));
}

TEST_CASE("A wrapper is asked, whatever it prints besides", "[venv][Interpreter]") {
  const TempDir directory;
  for (const fs::path& path : supported_pythons()) {
    INFO(path);
    const fs::path wrapper = directory / "python3.12";
    write_program(wrapper,
                  "#!/bin/sh\necho starting; echo noise >&2\nexec '" + path.text() + "' \"$@\"\n");
    CHECK(answers(inspect(wrapper)) == ask(path, kQuestions));
  }
}

TEST_CASE("Hostile variables do not reach the interpreter", "[venv][Interpreter]") {
  const TempDir directory;
  for (const fs::path& path : supported_pythons()) {
    INFO(path);
    const std::vector<std::string> expected = answers(inspect(path));
    for (const char* name : {"PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE",
                             "PYTHONSTARTUP", "PYTHONVERBOSE"}) {
      setenv(name, "/nonsense", 1);
    }
    const std::vector<std::string> actual = answers(inspect(path));
    for (const char* name : {"PYTHONHOME", "PYTHONPATH", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE",
                             "PYTHONSTARTUP", "PYTHONVERBOSE"}) {
      unsetenv(name);
    }
    CHECK(actual == expected);
  }
}

TEST_CASE("A Python that is too old is refused by its version", "[venv][Interpreter]") {
  for (const fs::path& path : machine_pythons()) {
    if (is_supported(path)) continue;
    INFO(path);
    CHECK(contains(refusal(path), "too old"));
  }
}

TEST_CASE("Other files are refused with the reason", "[venv][Interpreter]") {
  const TempDir directory;
  CHECK(contains(refusal(directory / "missing"), "does not exist"));
  CHECK(contains(refusal(directory.path()), "is a directory"));
  fs::create_symlink("nowhere", directory / "dangling");
  CHECK(contains(refusal(directory / "dangling"), "leads nowhere"));
  fs::ofstream(directory / "text") << "#!/bin/sh\n";
  CHECK(contains(refusal(directory / "text"), "not an executable file"));
  write_program(directory / "no-program", "just text\n");
  CHECK(contains(refusal(directory / "no-program"), "is not a program"));
  write_program(directory / "silent", "#!/bin/sh\nexit 0\n");
  CHECK(contains(refusal(directory / "silent"), "did not answer as one"));
  write_program(directory / "failing", "#!/bin/sh\necho 'no library' >&2\nexit 127\n");
  CHECK(contains(refusal(directory / "failing"), "exit code 127: no library"));
  write_program(directory / "killed", "#!/bin/sh\nkill -9 $$\n");
  CHECK(contains(refusal(directory / "killed"), "signal 9"));
  write_program(directory / "lost", "#!/nonexistent/python\n");
  CHECK(contains(refusal(directory / "lost"), "first line"));
  CHECK(contains(refusal("/bin/true"), "is not a Python interpreter"));
}

TEST_CASE("An executable of another architecture is named as such", "[venv][Interpreter]") {
  const TempDir directory;
  std::string header("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\363\0", 20);  // riscv64
  header.resize(4096);
  write_program(directory / "python3.12", header);
  CHECK(
      contains(refusal(directory / "python3.12"), "is compiled for riscv64, and this machine is "));
}
