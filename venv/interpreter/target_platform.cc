#include "venv/interpreter/target_platform.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"

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

/// Turns "2_28" into "2.28". Returns nullopt if it is not a version of two numbers.
std::optional<std::string> dotted_version(std::string_view text) {
  const std::vector<std::string_view> parts = base::split(text, '_');
  const auto is_number = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (parts.size() != 2 || !is_number(parts[0]) || !is_number(parts[1])) return std::nullopt;
  return std::string(parts[0]) + '.' + std::string(parts[1]);
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

/// "x86_64-unknown-linux-gnu" or short "x86_64-linux", "aarch64-apple-darwin",
/// "x86_64-manylinux_2_28".
std::optional<TargetPlatform> parse_triple(std::string_view name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos || !is_machine(name.substr(0, dash))) return std::nullopt;
  const std::string_view machine = name.substr(0, dash);
  std::string_view rest = name.substr(dash + 1);
  if (rest == "linux" || rest == "linux-gnu") rest = "unknown-linux-gnu";
  if (rest == "linux-musl") rest = "unknown-linux-musl";
  if (rest == "unknown-linux-gnu") return linux_platform(machine, kGlibc);
  if (rest == "unknown-linux-musl") return linux_platform(machine, kMusl);
  if (rest == "apple-darwin") return macos_platform(machine);
  if (rest == "pc-windows-msvc") return windows_platform(machine);
  if (rest == "manylinux2014") return linux_platform(machine, kGlibc, "2.17");
  for (const std::string_view start : {"manylinux_", "musllinux_"}) {
    if (!rest.starts_with(start)) continue;
    const std::optional<std::string> version = dotted_version(rest.substr(start.size()));
    if (!version) return std::nullopt;
    return linux_platform(machine, start == "manylinux_" ? kGlibc : kMusl, version);
  }
  return std::nullopt;
}

/// Takes "2_28_" from the front of `text` and returns "2.28".
std::optional<std::string> take_version(std::string_view& text) {
  const std::size_t end = text.find('_', text.find('_') + 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::optional<std::string> version = dotted_version(text.substr(0, end));
  if (version) text.remove_prefix(end + 1);
  return version;
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

std::optional<TargetPlatform> parse_short_name(std::string_view name) {
  if (name == "linux") return linux_platform("x86_64", kGlibc);
  if (name == "musl") return linux_platform("x86_64", kMusl);
  if (name == "macos") return macos_platform("aarch64");
  if (name == "windows") return windows_platform("x86_64");
  return std::nullopt;
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

}  // namespace ensure::venv
