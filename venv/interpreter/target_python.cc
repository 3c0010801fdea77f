#include "venv/interpreter/target_python.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/process.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "installer/specs/tags/tags.h"
#include "venv/interpreter/program_facts.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// The version of a platform that is named without one: most projects publish files for it.
constexpr Pair kUsualGlibc{2, 28};
constexpr Pair kUsualMusl{1, 2};
constexpr Pair kUsualMacos{13, 0};

/// The two numbers at the start of "2.36" or "14.2.1".
std::optional<Pair> parse_pair(std::string_view text) {
  Pair pair;
  const char* const end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), text.data() + text.size(), pair.first);
  if (failure != std::errc()) return std::nullopt;
  if (at != end && *at == '.') (void)std::from_chars(at + 1, end, pair.second);
  return pair;
}

/// The version of a glibc: the newest of its symbol versions, which are called "GLIBC_2.36".
Pair newest_interface(std::string_view library) {
  constexpr std::string_view kPrefix = "GLIBC_";
  Pair newest{2, 0};
  for (std::size_t at = library.find(kPrefix); at != std::string_view::npos;
       at = library.find(kPrefix, at + 1)) {
    const std::optional<Pair> found = parse_pair(library.substr(at + kPrefix.size(), 8));
    if (found && found->first == 2) newest = std::max(newest, *found);
  }
  return newest.second == 0 ? kUsualGlibc : newest;
}

/// The version that musl's loader prints: "musl libc (x86_64)", "Version 1.2.3".
std::optional<Pair> ask_musl(const base::Path& loader) {
  constexpr std::string_view kVersion = "Version ";
  constexpr std::chrono::seconds kTimeout{5};
  const base::ProcessResult answer =
      base::Process({loader.text()}, base::environment_without({"LD_"})).wait(kTimeout);
  const std::size_t at = answer.error_output.find(kVersion);
  if (at == std::string::npos) return std::nullopt;
  return parse_pair(std::string_view(answer.error_output).substr(at + kVersion.size()));
}

/// The libc that an executable is loaded with.
struct Libc {
  bool is_musl = false;
  Pair version;
};

Libc libc_of(const Interpreter& interpreter, const base::Path& root) {
  const Libc usual{.version = kUsualGlibc};
  const std::optional<ProgramFacts> facts =
      read_program_facts(root / interpreter.real_executable.relative_path());
  if (!facts || !facts->loader) return usual;
  const base::Path loader = root / base::Path(*facts->loader).relative_path();
  if (loader.filename().text().starts_with("ld-musl-")) {
    const std::optional<Pair> version =
        interpreter.runs_here && base::file_status(loader) ? ask_musl(loader) : std::nullopt;
    return {.is_musl = true, .version = version.value_or(kUsualMusl)};
  }
  const base::Path real = base::real_path(loader).value_or(loader);
  const base::Path library = real.parent_path() / "libc.so.6";
  if (!base::file_status(library)) return usual;
  return {.version = newest_interface(base::MappedFile(library).bytes())};
}

/// The version that a platform is named with.
std::optional<Pair> named_version(const TargetPlatform& platform) {
  return platform.system_version ? parse_pair(*platform.system_version) : std::nullopt;
}

/// The libc of a platform that is named.
Libc libc_of(const TargetPlatform& platform) {
  const bool is_musl = platform.libc == "musl";
  return {.is_musl = is_musl,
          .version = named_version(platform).value_or(is_musl ? kUsualMusl : kUsualGlibc)};
}

std::vector<std::string> linux_platforms(const Interpreter& interpreter, const base::Path& root,
                                         const std::optional<TargetPlatform>& platform) {
  const Libc libc = platform ? libc_of(*platform) : libc_of(interpreter, root);
  // A 32-bit Python on a 64-bit machine loads 32-bit modules.
  std::string machine = interpreter.machine;
  if (!interpreter.is_64bit && machine == "x86_64") machine = "i686";
  if (!interpreter.is_64bit && machine == "aarch64") machine = "armv8l";
  return libc.is_musl ? specs::musllinux_platforms(libc.version.first, libc.version.second, machine)
                      : specs::manylinux_platforms(libc.version.second, machine);
}

std::vector<std::string> platforms_of(const Interpreter& interpreter, const base::Path& root,
                                      const std::optional<TargetPlatform>& platform) {
  if (interpreter.system == "linux") return linux_platforms(interpreter, root, platform);
  if (interpreter.system == "darwin") {
    const std::optional<Pair> named = platform ? named_version(*platform) : std::nullopt;
    const Pair version = named.value_or(kUsualMacos);
    return specs::macos_platforms(version.first, version.second, interpreter.machine);
  }
  return specs::other_platforms(interpreter.platform);
}

std::vector<std::string> abis_of(const Interpreter& interpreter) {
  if (!interpreter.pypy()) {
    return specs::cpython_abis(interpreter.major, interpreter.minor, interpreter.abiflags);
  }
  std::string abi =
      "pypy" + std::to_string(interpreter.major) + std::to_string(interpreter.minor) + "_pp";
  std::size_t count = 0;
  for (const std::string_view part : base::split(interpreter.implementation_version, '.')) {
    if (count++ < 2) abi += part;
  }
  return {abi};
}

specs::MarkerEnvironment marker_environment(const Interpreter& interpreter) {
  specs::MarkerEnvironment environment;
  environment.implementation_name = interpreter.implementation;
  environment.implementation_version = interpreter.implementation_version.empty()
                                           ? interpreter.version_text
                                           : interpreter.implementation_version;
  environment.os_name = interpreter.windows() ? "nt" : "posix";
  environment.platform_machine = interpreter.machine;
  environment.platform_python_implementation = interpreter.pypy() ? "PyPy" : "CPython";
  environment.platform_system = interpreter.system == "linux"    ? "Linux"
                                : interpreter.system == "darwin" ? "Darwin"
                                                                 : "Windows";
  environment.python_full_version = interpreter.version_text;
  environment.python_version =
      std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor);
  environment.sys_platform = interpreter.system;
  // The release and version of another machine's kernel are unknown; a marker that compares them
  // is false.
  if (interpreter.runs_here) {
    const base::Kernel kernel = base::kernel();
    environment.platform_release = kernel.release;
    environment.platform_version = kernel.version;
    environment.platform_machine = kernel.machine;
  }
  if (interpreter.windows() && environment.platform_machine == "amd64") {
    environment.platform_machine = "AMD64";
  }
  return environment;
}

base::Error bad_version(const std::string& version, const std::string& reason) {
  return base::Error(base::ExitCode::kUsage, "`--python-version " + version + "` " + reason)
      .with_hint("write a version such as `3.13`, `3.13.1` or `3.13t`");
}

void change_version(Interpreter& target, const std::string& text) {
  const std::optional<PythonName> name = PythonName::try_parse("python" + text);
  if (!name || !name->minor) throw bad_version(text, "is not a version of Python");
  if (name->major != 3U || *name->minor < kOldestMinor) {
    throw bad_version(
        text, "is too old: 3." + std::to_string(kOldestMinor) + " is the oldest that is supported");
  }
  const bool same_minor = name->minor == target.minor && !target.version.empty();
  const std::uint32_t micro = name->micro.value_or(same_minor ? target.micro : 0);
  target.set_build(ReleaseVersion::final_release(*name->minor, micro), name->free_threaded);
}

/// Sets the paths of a Python of which only the system is known.
void set_usual_paths(Interpreter& target) {
  if (target.windows()) {
    target.base_prefix = "C:\\Python3" + std::to_string(target.minor);
    target.executable = target.base_prefix.text() + "\\python.exe";
  } else {
    target.base_prefix = target.system == "darwin" ? "/usr/local" : "/usr";
    target.executable = target.base_prefix / "bin/python3";
  }
  target.platlibdir = "lib";
  target.real_executable = target.executable;
}

}  // namespace

Interpreter describe_target(Interpreter known, const std::optional<std::string>& version,
                            const std::optional<TargetPlatform>& platform) {
  Interpreter target = std::move(known);
  const bool unknown = target.executable.empty();
  const bool other_system = platform && platform->system != target.system;
  if (target.implementation.empty()) target.implementation = "cpython";
  if (version) change_version(target, *version);
  if (platform) {
    target.system = platform->system;
    target.machine = platform->machine;
    target.platform = platform->sysconfig_platform();
    target.is_64bit = platform->is_64bit();
  }
  if (unknown || other_system) set_usual_paths(target);
  target.runs_here = target.runs_here && !version && !platform;
  return target;
}

specs::TargetPython target_python(const Interpreter& interpreter, const base::Path& root,
                                  const std::optional<TargetPlatform>& platform) {
  return {marker_environment(interpreter),
          {interpreter.pypy() ? "pp" : "cp", interpreter.major, interpreter.minor,
           abis_of(interpreter), platforms_of(interpreter, root, platform)}};
}

}  // namespace ensure::venv
