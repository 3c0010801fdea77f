#include "venv/interpreter/interpreter_layout.h"

#include <fstream>
#include <optional>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/interpreter_probe.h"

using ensure::base::Error;
using ensure::tests::TempDir;
using ensure::venv::inspect;
using ensure::venv::Interpreter;
using ensure::venv::read_regular_layout;
using ensure::venv::VersionAnswer;

namespace {

/// An installation of a CPython that there may be none of on this machine.
class Installation {
 public:
  Installation(const std::string& name, const std::string& version,
               const std::string& platlibdir = "lib") {
    fs::create_directories(folder_ / "bin");
    executable_ = folder_ / "bin" / name;
    fs::copy_file(FAKE_CPYTHON, executable_);
    fs::ofstream(folder_ / "bin/version") << version << "\n";
    write(platlibdir + "/" + name + "/os.py");
    fs::create_directories(folder_ / platlibdir / name / "lib-dynload");
  }

  void write(const std::string& path, const std::string& text = "") {
    fs::create_directories((folder_ / path).parent_path());
    fs::ofstream(folder_ / path) << text;
  }

  [[nodiscard]] std::string runs() const {
    return ensure::base::read_file_if_exists(folder_ / "bin/runs").value_or("");
  }
  [[nodiscard]] bool is_regular() const { return read_regular_layout(executable_).has_value(); }
  [[nodiscard]] const fs::path& executable() const { return executable_; }
  [[nodiscard]] const fs::path& prefix() const { return folder_.path(); }
  [[nodiscard]] fs::path operator/(const fs::path& path) const { return folder_ / path; }

 private:
  TempDir folder_;
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

TEST_CASE("A free-threaded build is known by its folder and its version", "[venv][Interpreter]") {
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

TEST_CASE("What is unusual is not described from files", "[venv][InterpreterLayout]") {
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

TEST_CASE("Another implementation under CPython's name is asked for all", "[venv][Interpreter]") {
  const Installation python("python3.9", "Python 3.9.16 (main)\n[PyPy 7.3.11 with GCC 12.2.0]");
  CHECK_THROWS_AS(inspect(python.executable()), Error);
  CHECK(python.runs().starts_with("-VV\n-I\n"));
}

TEST_CASE("The answer to -VV is understood", "[venv][VersionAnswer]") {
  const auto parse = [](const char* text) { return VersionAnswer::try_parse(text); };
  CHECK(parse("Python 3.12.1 (main, May 9 2026) [GCC 12.2.0]\n")->text == "3.12.1");
  CHECK(parse("Python 3.12.2 | packaged by conda-forge | (main) [GCC]")->micro == 2);
  CHECK(parse("Python 3.13.0+ (heads/3.13:abc) [Clang 17]")->text == "3.13.0");
  CHECK(parse("noise\nPython 3.8.18 (default) \n[GCC]")->is_cpython);
  CHECK(parse("Python 2.7.18\n")->major == 2);
  CHECK_FALSE(parse("Python 3.9.16 (main)\n[PyPy 7.3.11 with GCC]")->is_cpython);
  CHECK(parse("Python 3.14.0 free-threading build (main) [GCC]")->free_threaded);
  for (const char* text : {"", "Python", "Python 3", "Python 3.12", "Perl 5.36.0", "Python x.y.z",
                           "3.12.1", "Python 99999999999.1.1"}) {
    INFO(text);
    CHECK_FALSE(parse(text));
  }
}

TEST_CASE("A build for certain processors is noted", "[venv][InterpreterLayout]") {
  const auto is_for_any = [](const std::string& options) {
    Installation python("python3.12", "Python 3.12.1 (main) [GCC 15]");
    python.write("lib/python3.12/_sysconfigdata__linux_x86_64-linux-gnu.py",
                 "build_time_vars = {'CFLAGS': '-O2 " + options + "'}");
    return read_regular_layout(python.executable())->for_any_processor;
  };
  for (const char* options :
       {"", "-march=x86-64", "-march=x86-64 -mtune=native", "-mtune=haswell", "-march=armv8-a"}) {
    CHECK(is_for_any(options));
  }
  for (const char* options : {"-march=native", "-march=x86-64-v3 -g", "-mcpu=neoverse-n1",
                              "-march=x86-64 -march=haswell"}) {
    CHECK_FALSE(is_for_any(options));
  }
}
