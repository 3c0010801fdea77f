#include "venv/interpreter/target_python.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/process.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "installer/specs/tags/tag_set.h"
#include "venv/interpreter/file_queries.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

namespace {

constexpr std::array<std::string_view, 12> kMachines{"x86_64", "aarch64", "i686",        "i386",
                                                     "armv7l", "armv6l",  "ppc64",       "ppc64le",
                                                     "s390x",  "riscv64", "loongarch64", "arm64"};

constexpr std::string_view kGlibc = "glibc";
constexpr std::string_view kMusl = "musl";

base::Error unknown_platform(std::string_view name) {
  return base::Error(base::ExitCode::kUsage,
                     "`--python-platform " + std::string(name) + "` is not a known platform")
      .with_hint(
          "write `linux`, `macos` or `windows`, a triple such as `aarch64-unknown-linux-gnu`, or a "
          "tag such as `manylinux_2_28_x86_64`");
}

bool is_machine(std::string_view text) {
  return std::ranges::find(kMachines, text) != kMachines.end();
}

/// Takes "2_28_" from the front of `text` and returns "2.28"; nullopt if it does not begin so.
std::optional<std::string> take_version(std::string_view& text) {
  const std::size_t middle = text.find('_');
  const std::size_t end = text.find('_', middle + 1);
  std::string version(text.substr(0, end));
  if (end == std::string_view::npos || middle == 0 || middle + 1 == end ||
      version.find_first_not_of("0123456789_") != std::string::npos) {
    return std::nullopt;
  }
  version[middle] = '.';
  text.remove_prefix(end + 1);
  return version;
}

/// The platform of a system for a machine, which may have any of its names.
TargetPlatform linux_platform(std::string_view machine, std::string_view libc,
                              std::optional<std::string> version = std::nullopt) {
  return {.system = "linux",
          .machine = std::string(machine),
          .libc = std::string(libc),
          .system_version = std::move(version)};
}
TargetPlatform macos_platform(std::string_view machine,
                              std::optional<std::string> version = std::nullopt) {
  return {.system = "darwin",
          .machine = std::string(machine == "aarch64" ? "arm64" : machine),
          .libc = "",
          .system_version = std::move(version)};
}
TargetPlatform windows_platform(std::string_view machine) {
  std::string name(machine);
  if (machine == "x86_64") name = "amd64";
  if (machine == "aarch64") name = "arm64";
  if (machine == "i686" || machine == "i386") name = "x86";
  return {.system = "win32", .machine = name, .libc = "", .system_version = std::nullopt};
}

/// "manylinux_2_28_x86_64", "win_amd64", "macosx_11_0_arm64".
std::optional<TargetPlatform> parse_tag(std::string_view name) {
  if (name == "win32") return windows_platform("i686");
  if (name == "win_amd64") return windows_platform("x86_64");
  if (name == "win_arm64") return windows_platform("aarch64");
  const std::size_t end = name.find('_');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view start = name.substr(0, end);
  std::string_view rest = name.substr(end + 1);
  std::optional<std::string> version;
  if (start == "manylinux1") version = "2.5";
  if (start == "manylinux2010") version = "2.12";
  if (start == "manylinux2014") version = "2.17";
  if (start == "manylinux" || start == "musllinux" || start == "macosx") {
    version = take_version(rest);
  }
  if (!is_machine(rest)) return std::nullopt;
  if (start == "linux") return linux_platform(rest, kGlibc);
  if (!version) return std::nullopt;
  if (start == "macosx") return macos_platform(rest, version);
  return linux_platform(rest, start == "musllinux" ? kMusl : kGlibc, version);
}

/// "x86_64-unknown-linux-gnu" or short "x86_64-linux", "aarch64-apple-darwin",
/// "x86_64-manylinux_2_28".
std::optional<TargetPlatform> parse_triple(std::string_view name) {
  const std::string_view machine = name.substr(0, name.find('-'));
  if (machine.size() == name.size() || !is_machine(machine)) return std::nullopt;
  std::string rest(name.substr(machine.size() + 1));
  if (rest.starts_with("linux")) rest = rest == "linux" ? "unknown-linux-gnu" : "unknown-" + rest;
  if (rest == "unknown-linux-gnu") return linux_platform(machine, kGlibc);
  if (rest == "unknown-linux-musl") return linux_platform(machine, kMusl);
  if (rest == "apple-darwin") return macos_platform(machine);
  if (rest == "pc-windows-msvc") return windows_platform(machine);
  const bool is_tag =
      rest == "manylinux2014" || rest.starts_with("manylinux_") || rest.starts_with("musllinux_");
  return is_tag ? parse_tag(rest.append("_").append(machine)) : std::nullopt;
}

std::optional<TargetPlatform> parse_short_name(std::string_view name) {
  if (name == "linux") return linux_platform("x86_64", kGlibc);
  if (name == "musl") return linux_platform("x86_64", kMusl);
  if (name == "macos") return macos_platform("aarch64");
  if (name == "windows") return windows_platform("x86_64");
  return std::nullopt;
}

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

TargetPlatform TargetPlatform::parse(std::string_view name) {
  const std::string lower = base::to_lower(base::trim(name));
  if (std::optional<TargetPlatform> platform = parse_short_name(lower)) return *platform;
  if (std::optional<TargetPlatform> platform = parse_triple(lower)) return *platform;
  if (std::optional<TargetPlatform> platform = parse_tag(lower)) return *platform;
  throw unknown_platform(name);
}

bool TargetPlatform::is_64bit() const {
  return machine.find("64") != std::string::npos || machine == "s390x";
}

std::string TargetPlatform::sysconfig_platform() const {
  if (system == "win32") return machine == "x86" ? "win32" : "win-" + machine;
  if (system != "darwin") return "linux-" + machine;
  return "macosx-" + system_version.value_or(machine == "arm64" ? "11.0" : "10.9") + '-' + machine;
}

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
