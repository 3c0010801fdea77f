#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "venv/interpreter/target_python.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::venv::describe_target;
using ensure::venv::Interpreter;
using ensure::venv::TargetPlatform;

namespace {

std::string parsed(const char* name) {
  const TargetPlatform platform = TargetPlatform::parse(name);
  return platform.system + ' ' + platform.sysconfig_platform() + ' ' + platform.libc + ' ' +
         platform.system_version.value_or("-");
}

bool is_unknown(const char* name) {
  try {
    static_cast<void>(TargetPlatform::parse(name));
    return false;
  } catch (const Error& error) {
    return error.exit_code() == ExitCode::kUsage && !error.hints().empty();
  }
}

bool is_refused(const char* version) {
  try {
    static_cast<void>(describe_target({}, version, std::nullopt));
    return false;
  } catch (const Error& error) {
    return error.exit_code() == ExitCode::kUsage && !error.hints().empty();
  }
}

}  // namespace

TEST_CASE("Platforms are named as uv and pip name them", "[venv][TargetPlatform]") {
  CHECK(parsed("linux") == "linux linux-x86_64 glibc -");
  CHECK(parsed("macos") == "darwin macosx-11.0-arm64  -");
  CHECK(parsed("windows") == "win32 win-amd64  -");
  CHECK(parsed("x86_64-unknown-linux-gnu") == "linux linux-x86_64 glibc -");
  CHECK(parsed("aarch64-linux") == "linux linux-aarch64 glibc -");
  CHECK(parsed("aarch64-unknown-linux-musl") == "linux linux-aarch64 musl -");
  CHECK(parsed("x86_64-manylinux_2_28") == "linux linux-x86_64 glibc 2.28");
  CHECK(parsed("aarch64-manylinux2014") == "linux linux-aarch64 glibc 2.17");
  CHECK(parsed("aarch64-apple-darwin") == "darwin macosx-11.0-arm64  -");
  CHECK(parsed("x86_64-apple-darwin") == "darwin macosx-10.9-x86_64  -");
  CHECK(parsed("x86_64-pc-windows-msvc") == "win32 win-amd64  -");
  CHECK(parsed("i686-pc-windows-msvc") == "win32 win32  -");
  CHECK(parsed("linux_x86_64") == "linux linux-x86_64 glibc -");
  CHECK(parsed("manylinux_2_17_aarch64") == "linux linux-aarch64 glibc 2.17");
  CHECK(parsed("manylinux2014_x86_64") == "linux linux-x86_64 glibc 2.17");
  CHECK(parsed("musllinux_1_2_x86_64") == "linux linux-x86_64 musl 1.2");
  CHECK(parsed("macosx_12_0_arm64") == "darwin macosx-12.0-arm64  12.0");
  CHECK(parsed("win_amd64") == "win32 win-amd64  -");
  CHECK(parsed(" Linux_X86_64 ") == "linux linux-x86_64 glibc -");
}

TEST_CASE("Other platforms are unknown", "[venv][TargetPlatform]") {
  for (const char* name : {"", "plan9", "linux_", "linux_z80", "manylinux_2_x86_64", "manylinux_",
                           "manylinux_2_17", "x86_64-", "-unknown-linux-gnu", "x86_64-linux-other",
                           "macosx_11_arm64", "win_z80", "x86_64-manylinux_a_b"}) {
    INFO(name);
    CHECK(is_unknown(name));
  }
}

TEST_CASE("A target can be described by words alone", "[venv][TargetPlatform]") {
  const Interpreter windows = describe_target({}, "3.13", TargetPlatform::parse("windows"));
  CHECK(windows.version == "3.13.0");
  CHECK(windows.cache_tag == "cpython-313");
  CHECK(windows.windows());
  CHECK(windows.is_64bit);
  CHECK(windows.platform == "win-amd64");
  CHECK(windows.executable == "C:\\Python313\\python.exe");
  CHECK_FALSE(windows.runs_here);

  const Interpreter linux = describe_target({}, "3.13.2t", TargetPlatform::parse("linux"));
  CHECK(linux.version == "3.13.2");
  CHECK(linux.abiflags == "t");
  CHECK(linux.library_name == "python3.13t");
  CHECK(linux.standard_library() == "/usr/lib/python3.13t");
}

TEST_CASE("Words go over what is known", "[venv][TargetPlatform]") {
  Interpreter known;
  known.executable = "/opt/python/bin/python3";
  known.base_prefix = "/opt/python";
  known.version = "3.11.7";
  known.minor = 11;
  known.micro = 7;
  known.implementation = "pypy";
  CHECK(describe_target(known, std::nullopt, std::nullopt).runs_here);
  const Interpreter newer = describe_target(known, "3.12", std::nullopt);
  CHECK(newer.version == "3.12.0");
  CHECK(newer.library_name == "pypy3.12");
  CHECK(newer.cache_tag == "pypy312");
  CHECK(newer.base_prefix == "/opt/python");
  CHECK_FALSE(newer.runs_here);
  CHECK(describe_target(known, "3.11", std::nullopt).version == "3.11.7");
  const Interpreter other = describe_target(known, "3.11", TargetPlatform::parse("win_arm64"));
  CHECK(other.base_prefix == "C:\\Python311");
}

TEST_CASE("Versions that are none are refused", "[venv][TargetPlatform]") {
  for (const char* version :
       {"", "3", "three", "2.7", "3.7", "4.0", "3.12.1.1", ">=3.12", "3.12/.."}) {
    INFO(version);
    CHECK(is_refused(version));
  }
}
