
#include <sys/stat.h>

#include <fstream>
#include <optional>
#include <random>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/interpreter_probe.h"

using ensure::base::Error;
using ensure::tests::TempDir;
using ensure::venv::base_executable;
using ensure::venv::environment_of;
using ensure::venv::ExpectedInterpreter;
using ensure::venv::inspect;
using ensure::venv::Interpreter;
using ensure::venv::ProgramFacts;
using ensure::venv::read_program_facts;
using ensure::venv::read_regular_layout;
using ensure::venv::recall;
using ensure::venv::ReleaseVersion;
using ensure::venv::VersionAnswer;

namespace {

/// An installation of a CPython that there may be none of on this machine.
class Installation {
 public:
  Installation(const std::string& name, const std::string& version,
               const std::string& platlibdir = "lib") {
    fs::create_directories(directory_ / "bin");
    executable_ = directory_ / "bin" / name;
    fs::copy_file(FAKE_CPYTHON, executable_);
    fs::ofstream(directory_ / "bin/version") << version << "\n";
    write(platlibdir + "/" + name + "/os.py");
    fs::create_directories(directory_ / platlibdir / name / "lib-dynload");
  }

  void write(const std::string& path, const std::string& text = "") {
    fs::create_directories((directory_ / path).parent_path());
    fs::ofstream(directory_ / path) << text;
  }

  [[nodiscard]] std::string runs() const {
    return ensure::base::read_file_if_exists(directory_ / "bin/runs").value_or("");
  }
  [[nodiscard]] bool is_regular() const { return read_regular_layout(executable_).has_value(); }
  [[nodiscard]] const fs::path& executable() const { return executable_; }
  [[nodiscard]] const fs::path& prefix() const { return directory_.path(); }
  [[nodiscard]] fs::path operator/(const fs::path& path) const { return directory_ / path; }

 private:
  TempDir directory_;
  fs::path executable_;
};

}  // namespace

TEST_CASE("A usual installation is asked for its version alone", "[venv][Interpreter]") {
  const Installation python("python3.14", "Python 3.14.0rc2 (main, Jan 1 2026) [GCC 15.1.0]");
  const Interpreter found = inspect(python.executable());
  CHECK(python.runs() == "-VV\n");
  CHECK(found.version == "3.14.0");
  CHECK(found.version_text == "3.14.0rc2");
  CHECK(found.cache_tag == "cpython-314");
  CHECK(found.base_prefix == python.prefix());
  CHECK(found.abiflags.empty());
  CHECK(found.standard_library() == python / "lib/python3.14");
}

TEST_CASE("A free-threaded build is known by its directory and its version",
          "[venv][Interpreter]") {
  const std::string version = "Python 3.13.1 experimental free-threading build (main) [GCC 15]";
  const Installation python("python3.13t", version);
  const Interpreter found = inspect(python.executable());
  CHECK(python.runs() == "-VV\n");
  CHECK(found.abiflags == "t");
  CHECK(found.free_threaded);
  CHECK(found.cache_tag == "cpython-313");
  CHECK(found.library_name == "python3.13t");

  // The same build under the usual name: the files disagree with the answer.
  const Installation renamed("python3.13", version);
  CHECK_THROWS_AS(inspect(renamed.executable()), Error);
  CHECK(renamed.runs().starts_with("-VV\n-I\n"));
}

TEST_CASE("The library may be in lib64", "[venv][Interpreter]") {
  const Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]", "lib64");
  CHECK(inspect(python.executable()).platlibdir == "lib64");

  const Installation linked("python3.12", "Python 3.12.1 (main) [GCC 15]");
  fs::create_directory_symlink("lib", linked / "lib64");
  CHECK(inspect(linked.executable()).platlibdir == "lib");
}

TEST_CASE("An unusual installation is not described from files", "[venv][InterpreterLayout]") {
  const auto differs = [](const std::string& path, const std::string& text = "") {
    Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
    CHECK(python.is_regular());
    python.write(path, text);
    return !python.is_regular();
  };
  CHECK(differs("bin/pybuilddir.txt"));
  CHECK(differs("bin/Modules/Setup.local"));
  CHECK(differs("bin/python3.12._pth"));
  CHECK(differs("lib/python312.zip"));
  CHECK(differs("lib64/python3.12/os.py"));
  CHECK(differs("lib/python3.12/_sysconfigdata_d_linux_x86_64-linux-gnu.py"));
  CHECK(differs("lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py",
                "build_time_vars = {'PLATLIBDIR': 'lib64'}"));
  CHECK_FALSE(differs("lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py",
                      "build_time_vars = {'PLATLIBDIR': 'lib'}"));
}

TEST_CASE("A build without its library is not described from files", "[venv][InterpreterLayout]") {
  const Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
  fs::remove(python / "lib/python3.12/os.py");
  CHECK_FALSE(python.is_regular());
}

TEST_CASE("Another implementation under CPython's name is asked for everything",
          "[venv][Interpreter]") {
  const Installation python("python3.9", "Python 3.9.16 (main)\n[PyPy 7.3.11 with GCC 12.2.0]");
  CHECK_THROWS_AS(inspect(python.executable()), Error);
  CHECK(python.runs().starts_with("-VV\n-I\n"));
}

TEST_CASE("The answer to -VV is understood", "[venv][VersionAnswer]") {
  const auto parse = [](const char* text) { return VersionAnswer::try_parse(text); };
  CHECK(parse("Python 3.12.1 (main, May 9 2026) [GCC 12.2.0]\n")->version.text == "3.12.1");
  CHECK(parse("Python 3.12.2 | packaged by conda-forge | (main) [GCC]")->version.micro == 2);
  CHECK(parse("Python 3.13.0+ (heads/3.13:abc) [Clang 17]")->version.text == "3.13.0");
  CHECK(parse("noise\nPython 3.8.18 (default) \n[GCC]")->is_cpython);
  CHECK(parse("Python 2.7.18\n")->version.major == 2);
  CHECK_FALSE(parse("Python 3.9.16 (main)\n[PyPy 7.3.11 with GCC]")->is_cpython);
  CHECK(parse("Python 3.14.0 free-threading build (main) [GCC]")->free_threaded);
  for (const char* text : {"", "Python", "Python 3", "Python 3.12", "Perl 5.36.0", "Python x.y.z",
                           "3.12.1", "Python 99999999999.1.1"}) {
    INFO(text);
    CHECK_FALSE(parse(text));
  }
}

TEST_CASE("Files describe an interpreter while it is being asked", "[venv][Interpreter]") {
  Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
  python.write("include/python3.12/patchlevel.h", "#define PY_VERSION \"3.12.1\"\n");
  // The interpreter cannot answer before the test writes into the pipe.
  fs::remove(python / "bin/version");
  REQUIRE(mkfifo((python / "bin/version").c_str(), 0600) == 0);
  auto expected = ExpectedInterpreter::expect(python.executable());
  REQUIRE(expected);
  CHECK(expected->interpreter().version == "3.12.1");
  CHECK(expected->interpreter().base_prefix == python.prefix());
  fs::ofstream(python / "bin/version") << "Python 3.12.1 (main) [GCC 15]\n";
  CHECK(expected->confirm());
  CHECK(python.runs() == "-VV\n");
}

TEST_CASE("An interpreter that has another version than its files is not confirmed",
          "[venv][Interpreter]") {
  for (const std::string answer :
       {"Python 3.12.9 (main) [GCC 15]", "Python 3.12.1rc1 (main) [GCC 15]",
        "Python 3.12.1 free-threading build (main) [GCC 15]",
        "Python 3.12.1 (main)\n[PyPy 7.3.15 with GCC 15]", "", "Perl 5.36.0"}) {
    INFO(answer);
    Installation python("python3.12", answer);
    python.write("include/python3.12/patchlevel.h", "#define PY_VERSION \"3.12.1\"\n");
    auto expected = ExpectedInterpreter::expect(python.executable());
    REQUIRE(expected);
    CHECK_FALSE(expected->confirm());
  }
  Installation python("python3.12", "Python 3.12.9 (main) [GCC 15]");
  python.write("include/python3.12/patchlevel.h", "#define PY_VERSION \"3.12.1\"\n");
  CHECK(inspect(python.executable()).version == "3.12.9");
}

TEST_CASE("Without headers the version is read from the executable", "[venv][Interpreter]") {
  const Installation python("python3.12", "Python 3.12.4 (main) [GCC 15]");
  fs::ofstream(python.executable(), std::ios::app) << std::string("\0003.12.4\0", 8);
  auto expected = ExpectedInterpreter::expect(python.executable());
  REQUIRE(expected);
  CHECK(expected->interpreter().version == "3.12.4");
  CHECK(expected->confirm());
}

TEST_CASE("An interpreter that its files do not describe is not started", "[venv][Interpreter]") {
  const Installation unknown("python3.12", "Python 3.12.1 (main) [GCC 15]");
  CHECK_FALSE(ExpectedInterpreter::expect(unknown.executable()));
  CHECK(unknown.runs().empty());
  Installation old("python3.7", "Python 3.7.1 (main) [GCC 15]");
  old.write("include/python3.7/patchlevel.h", "#define PY_VERSION \"3.7.1\"\n");
  CHECK_FALSE(ExpectedInterpreter::expect(old.executable()));
  CHECK(old.runs().empty());
  CHECK_FALSE(ExpectedInterpreter::expect(old / "missing"));
}

TEST_CASE("An interpreter is recalled without being started", "[venv][Interpreter]") {
  const Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
  const auto recalled = recall(python.executable(), "3.12.3");
  REQUIRE(recalled);
  CHECK(recalled->version == "3.12.3");
  CHECK(recalled->library_name == "python3.12");
  CHECK_FALSE(recall(python.executable(), "3.11.3"));
  CHECK_FALSE(recall(python.executable(), "3.12"));
  CHECK(python.runs().empty());
}

TEST_CASE("A version has three numbers and a mark", "[venv][ReleaseVersion]") {
  CHECK(ReleaseVersion::try_parse("3.12.1")->micro == 1);
  CHECK(ReleaseVersion::try_parse("3.14.0rc1")->text == "3.14.0rc1");
  CHECK(ReleaseVersion::try_parse("3.14.0rc1")->numbers() == "3.14.0");
  CHECK(ReleaseVersion::try_parse("3.13.0a1+")->text == "3.13.0a1");
  for (const char* text : {"", "3", "3.12", "3.12.", "3.12.1c1", "3.12.1rc", "3.12.1-1", "v3.12.1",
                           "3.12.1.2", "99999999999.1.1"}) {
    INFO(text);
    CHECK_FALSE(ReleaseVersion::try_parse(text));
  }
}

TEST_CASE("The names of a build follow from its version", "[venv][Interpreter]") {
  Interpreter interpreter;
  interpreter.implementation = "cpython";
  interpreter.set_build(*ReleaseVersion::try_parse("3.14.0rc1"), true, true);
  CHECK(interpreter.version == "3.14.0");
  CHECK(interpreter.abiflags == "td");
  CHECK(interpreter.library_name == "python3.14t");
  CHECK(interpreter.cache_tag == "cpython-314");
  interpreter.implementation = "pypy";
  interpreter.set_build(*ReleaseVersion::try_parse("3.10.14"), false);
  CHECK(interpreter.library_name == "pypy3.10");
  CHECK(interpreter.cache_tag == "pypy310");
}

TEST_CASE("The version in a file counts for its minor version only", "[venv][ReleaseVersion]") {
  using ensure::venv::version_in_binary;
  using ensure::venv::version_in_header;
  const std::string bytes("3.12.1\0a3.12.2\0\0003.12.x\0\0003.12.3rc2\0", 35);
  CHECK(version_in_binary(bytes, 12)->text == "3.12.3rc2");
  CHECK_FALSE(version_in_binary(bytes, 11));
  CHECK_FALSE(version_in_binary("", 12));
  CHECK_FALSE(version_in_binary(std::string("\0003.12.1", 7), 12));
  CHECK(version_in_header("#define PY_VERSION      \t\"3.12.4+\"\n", 12)->text == "3.12.4");
  CHECK_FALSE(version_in_header("#define PY_VERSION \"3.12.4\"\n", 13));
  CHECK_FALSE(version_in_header("#define PY_VERSION 3.12.4\n", 12));
}

TEST_CASE("The base of an environment is found by CPython's rules", "[venv][PyvenvCfg]") {
  const Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
  const TempDir temp;
  fs::create_directories(temp / "env/bin");
  fs::copy_file(python.executable(), temp / "env/bin/python");
  const auto base_with = [&](const std::string& lines) {
    fs::ofstream(temp / "env/pyvenv.cfg") << lines;
    return base_executable(temp / "env/bin/python");
  };
  const std::string home = (python / "bin").text();
  CHECK(base_with("HOME = " + home + "\nversion = 3.12.1\n") == python.executable());
  // Of several lines, the first `home` and the last of any other key count.
  CHECK(
      base_with("home = " + home + "\nhome = /nonexistent\nversion = 3.1.1\nversion = 3.12.1\n") ==
      python.executable());
  CHECK(base_with("home = " + home + "\nexecutable = /nonexistent\nexecutable = " +
                  python.executable().text()) == python.executable());
  CHECK(base_with("no home\n") == temp / "env/bin/python");
  CHECK(environment_of(temp / "env/bin/python") == std::nullopt);
}

TEST_CASE("A program names its machine and its loader", "[venv][ProgramFacts]") {
  const auto program = [](std::string header, std::size_t headers_at, const std::string& entry) {
    header.resize(headers_at);
    header += entry;
    header.resize(200);
    return header + std::string("/lib/ld.so\0", 11);
  };
  // Little-endian, 64 bits: one program header at 64, its text at 200.
  std::string wide("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0", 20);
  wide.resize(64);
  wide[32] = 64;
  wide[54] = 56;
  wide[56] = 1;
  std::string wide_entry("\3\0\0\0\0\0\0\0\310\0\0\0\0\0\0\0", 16);
  wide_entry.resize(32);
  wide_entry += '\13';
  const auto arm = ProgramFacts::try_parse(program(wide, 64, wide_entry));
  REQUIRE(arm);
  CHECK(arm->machine == "aarch64");
  CHECK(arm->is_64bit);
  CHECK(arm->loader == "/lib/ld.so");
  // Big-endian, 32 bits: one program header at 52.
  std::string narrow("\177ELF\1\2\1\0\0\0\0\0\0\0\0\0\0\2\0\24", 20);
  narrow.resize(52);
  narrow[31] = 52;
  narrow[43] = 32;
  narrow[45] = 1;
  std::string narrow_entry("\0\0\0\3\0\0\0\310", 8);
  narrow_entry.resize(16);
  narrow_entry += std::string("\0\0\0\13", 4);
  const auto ppc = ProgramFacts::try_parse(program(narrow, 52, narrow_entry));
  REQUIRE(ppc);
  CHECK(ppc->machine == "ppc");
  CHECK_FALSE(ppc->is_64bit);
  CHECK(ppc->loader == "/lib/ld.so");
  CHECK_FALSE(ProgramFacts::try_parse(wide)->loader);
  for (const std::string text : {"", "#!/bin/sh\n", "\177ELF", "\177ELF\2\1\1"}) {
    CHECK_FALSE(ProgramFacts::try_parse(text));
  }
}

TEST_CASE("Damaged programs do no harm", "[venv][ProgramFacts]") {
  std::mt19937 random(739);  // NOLINT(cert-msc32-c,cert-msc51-cpp,bugprone-random-generator-seed)
  const std::string original = ensure::base::read_file(FAKE_CPYTHON).substr(0, 8192);
  REQUIRE(ProgramFacts::try_parse(original)->loader);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = original.substr(0, random() % original.size());
    for (int count = 0; count < 4 && !bytes.empty(); ++count) {
      bytes[random() % std::min<std::size_t>(bytes.size(), 1024)] = static_cast<char>(random());
    }
    (void)ProgramFacts::try_parse(bytes);
  }
  const TempDir directory;
  CHECK_FALSE(read_program_facts(directory.path()));
  CHECK_FALSE(read_program_facts(directory / "missing"));
}
