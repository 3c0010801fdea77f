#include "venv/interpreter/target_python.h"

#include <algorithm>
#include <fstream>

#include "sample_interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

using ensure::specs::TargetPython;
using ensure::specs::try_parse_tags;
using ensure::tests::sample_interpreter;
using ensure::tests::TempDir;
using ensure::venv::describe_target;
using ensure::venv::Interpreter;
using ensure::venv::target_python;
using ensure::venv::TargetPlatform;

namespace {

TargetPython target_for(const std::string& platform) {
  const TargetPlatform parsed = TargetPlatform::parse(platform);
  return target_python(describe_target(sample_interpreter(12), std::nullopt, parsed), "/", parsed);
}

bool takes(const TargetPython& target, const std::string& tags) {
  return target.tags.rank(*try_parse_tags(tags)).has_value();
}

/// An executable for x86_64 whose program header names `loader`.
std::string program(const std::string& loader) {
  std::string bytes("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\76\0", 20);
  bytes.resize(64);
  bytes[32] = 64;
  bytes[54] = 56;
  bytes[56] = 1;
  bytes += '\3';
  bytes.resize(120);
  bytes[72] = 120;
  bytes[96] = static_cast<char>(loader.size());
  return bytes + loader;
}

void write(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  fs::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("A named platform decides on the tags", "[venv][TargetPython]") {
  const TargetPython gnu = target_for("x86_64-manylinux_2_28");
  CHECK(takes(gnu, "cp312-cp312-manylinux_2_28_x86_64"));
  CHECK_FALSE(takes(gnu, "cp312-cp312-manylinux_2_29_x86_64"));
  CHECK(takes(target_for("linux"), "cp312-abi3-manylinux_2_28_x86_64"));
  const TargetPython musl = target_for("musllinux_1_1_aarch64");
  CHECK(takes(musl, "cp312-cp312-musllinux_1_1_aarch64"));
  CHECK_FALSE(takes(musl, "cp312-cp312-musllinux_1_2_aarch64"));
  CHECK_FALSE(takes(musl, "cp312-cp312-manylinux_2_17_aarch64"));
  const TargetPython macos = target_for("macosx_12_0_arm64");
  CHECK(takes(macos, "cp312-cp312-macosx_11_0_arm64"));
  CHECK_FALSE(takes(macos, "cp312-cp312-macosx_13_0_arm64"));
  CHECK(takes(target_for("windows"), "cp312-cp312-win_amd64"));
}

TEST_CASE("Markers of a described target do not know its kernel", "[venv][TargetPython]") {
  const TargetPython windows = target_for("windows");
  CHECK(windows.environment.os_name == "nt");
  CHECK(windows.environment.platform_machine == "AMD64");
  CHECK(windows.environment.platform_system == "Windows");
  CHECK(windows.environment.sys_platform == "win32");
  CHECK(windows.environment.python_version == "3.12");
  CHECK(windows.environment.platform_release.empty());
  CHECK(windows.version == ensure::specs::Version::parse("3.12.1"));
}

TEST_CASE("PyPy has an ABI of its own version", "[venv][TargetPython]") {
  Interpreter pypy = sample_interpreter(10);
  pypy.implementation = "pypy";
  pypy.implementation_version = "7.3.15";
  const TargetPython target = target_python(pypy, "/", TargetPlatform::parse("linux"));
  CHECK(takes(target, "pp310-pypy310_pp73-manylinux_2_17_x86_64"));
  CHECK_FALSE(takes(target, "cp310-cp310-manylinux_2_17_x86_64"));
  CHECK(target.environment.implementation_version == "7.3.15");
  CHECK(target.environment.platform_python_implementation == "PyPy");
}

TEST_CASE("The libc is that of the interpreter's loader", "[venv][TargetPython]") {
  Interpreter interpreter = sample_interpreter(12);
  interpreter.runs_here = false;
  const std::string executable = interpreter.real_executable.text();
  const TempDir gnu;
  write(gnu.path().text() + executable, program("/lib64/ld-linux-x86-64.so.2"));
  write(gnu / "usr/lib64/ld-linux-x86-64.so.2", "");
  write(gnu / "usr/lib64/libc.so.6", std::string("GLIBC_2.2.5\0GLIBC_2.31\0GLIBC_2.4\0", 33));
  fs::create_symlink("usr/lib64", gnu / "lib64");
  const TargetPython with_gnu = target_python(interpreter, gnu.path(), std::nullopt);
  CHECK(takes(with_gnu, "cp312-cp312-manylinux_2_31_x86_64"));
  CHECK_FALSE(takes(with_gnu, "cp312-cp312-manylinux_2_32_x86_64"));

  const TempDir musl;
  write(musl.path().text() + executable, program("/lib/ld-musl-x86_64.so.1"));
  const TargetPython with_musl = target_python(interpreter, musl.path(), std::nullopt);
  CHECK(takes(with_musl, "cp312-cp312-musllinux_1_2_x86_64"));
  CHECK_FALSE(takes(with_musl, "cp312-cp312-manylinux_2_17_x86_64"));
}
