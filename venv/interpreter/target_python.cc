#include "venv/interpreter/target_python.h"

#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "installer/specs/tags/platform_tags.h"
#include "venv/interpreter/program_facts.h"

namespace ensure::venv {

namespace {

/// What is taken for a platform that is named without a version: what most indexes serve.
constexpr std::uint32_t kUsualGlibcMinor = 28;
constexpr std::pair<std::uint32_t, std::uint32_t> kUsualMusl{1, 2};
constexpr std::pair<std::uint32_t, std::uint32_t> kUsualMacos{13, 0};

using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// The two numbers at the start of "2.36" or "14.2.1".
std::optional<Pair> parse_pair(std::string_view text) {
  const auto number = [&text]() -> std::optional<std::uint32_t> {
    std::uint32_t value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && digits < 6 && text[digits] >= '0' && text[digits] <= '9') {
      value = value * 10 + static_cast<std::uint32_t>(text[digits++] - '0');
    }
    text.remove_prefix(digits);
    return digits == 0 ? std::nullopt : std::optional(value);
  };
  const std::optional<std::uint32_t> major = number();
  if (!major) return std::nullopt;
  if (!text.starts_with('.') && !text.starts_with('_')) return Pair{*major, 0};
  text.remove_prefix(1);
  return Pair{*major, number().value_or(0)};
}

/// The newest version of its interface that a glibc has: its names are "GLIBC_2.36".
std::optional<std::uint32_t> newest_interface(std::string_view library) {
  constexpr std::string_view kPrefix = "GLIBC_2.";
  std::optional<std::uint32_t> newest;
  for (std::size_t at = library.find(kPrefix); at != std::string_view::npos;
       at = library.find(kPrefix, at + 1)) {
    const std::optional<Pair> found = parse_pair(library.substr(at + kPrefix.size(), 6));
    if (found) newest = std::max(newest.value_or(0), found->first);
  }
  return newest;
}

/// What musl's loader says of itself: "musl libc (x86_64)", "Version 1.2.3".
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
  const Libc usual{.version = {2, kUsualGlibcMinor}};
  const base::Path executable = root / interpreter.real_executable.relative_path();
  const std::optional<base::FileStatus> status = base::file_status(executable);
  if (!status) return usual;
  const std::optional<std::string> named = elf_loader(base::MappedFile(executable).bytes());
  if (!named) return usual;
  const base::Path loader = root / base::Path(*named).relative_path();
  if (loader.filename().text().starts_with("ld-musl-")) {
    const std::optional<Pair> version =
        interpreter.runs_here && base::file_status(loader) ? ask_musl(loader) : std::nullopt;
    return {.is_musl = true, .version = version.value_or(kUsualMusl)};
  }
  const base::Path real = base::real_path(loader).value_or(loader);
  const base::Path library = real.parent_path() / "libc.so.6";
  if (!base::file_status(library)) return usual;
  const std::optional<std::uint32_t> minor = newest_interface(base::MappedFile(library).bytes());
  return {.version = {2, minor.value_or(kUsualGlibcMinor)}};
}

std::vector<std::string> linux_platforms(const Interpreter& interpreter, const base::Path& root,
                                         const std::optional<TargetPlatform>& platform) {
  Libc libc;
  if (platform) {
    libc.is_musl = platform->libc == "musl";
    const std::optional<Pair> named =
        platform->system_version ? parse_pair(*platform->system_version) : std::nullopt;
    libc.version = named.value_or(libc.is_musl ? kUsualMusl : Pair{2, kUsualGlibcMinor});
  } else {
    libc = libc_of(interpreter, root);
  }
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
    const std::optional<Pair> named =
        platform && platform->system_version ? parse_pair(*platform->system_version) : std::nullopt;
    const Pair version = named.value_or(kUsualMacos);
    return specs::macos_platforms(version.first, version.second, interpreter.machine);
  }
  return specs::other_platforms(interpreter.platform);
}

std::string digits(std::string_view version, std::size_t count) {
  std::string text;
  for (const std::string_view part : base::split(version, '.')) {
    if (count-- == 0) break;
    text += part;
  }
  return text;
}

std::vector<std::string> abis_of(const Interpreter& interpreter) {
  if (interpreter.implementation == "pypy") {
    const std::string language =
        std::to_string(interpreter.major) + std::to_string(interpreter.minor);
    return {"pypy" + language + "_pp" + digits(interpreter.implementation_version, 2)};
  }
  return specs::cpython_abis(interpreter.major, interpreter.minor, interpreter.abiflags);
}

specs::MarkerEnvironment marker_environment(const Interpreter& interpreter) {
  specs::MarkerEnvironment environment;
  environment.implementation_name = interpreter.implementation;
  environment.implementation_version = interpreter.implementation_version.empty()
                                           ? interpreter.version_text
                                           : interpreter.implementation_version;
  environment.os_name = interpreter.windows() ? "nt" : "posix";
  environment.platform_machine = interpreter.machine;
  environment.platform_python_implementation =
      interpreter.implementation == "pypy" ? "PyPy" : "CPython";
  environment.platform_system = interpreter.system == "linux"    ? "Linux"
                                : interpreter.system == "darwin" ? "Darwin"
                                                                 : "Windows";
  environment.python_full_version = interpreter.version_text;
  environment.python_version =
      std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor);
  environment.sys_platform = interpreter.system;
  // Of another machine nobody knows these two; a marker that asks for them compares with nothing.
  utsname names{};
  if (interpreter.runs_here && uname(&names) == 0) {
    environment.platform_release = names.release;
    environment.platform_version = names.version;
    environment.platform_machine = names.machine;
  }
  if (interpreter.windows() && environment.platform_machine == "amd64") {
    environment.platform_machine = "AMD64";
  }
  return environment;
}

}  // namespace

specs::TargetPython target_python(const Interpreter& interpreter, const base::Path& root,
                                  const std::optional<TargetPlatform>& platform) {
  return {marker_environment(interpreter),
          {interpreter.implementation == "pypy" ? "pp" : "cp", interpreter.major, interpreter.minor,
           abis_of(interpreter), platforms_of(interpreter, root, platform)}};
}

}  // namespace ensure::venv
