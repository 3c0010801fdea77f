#include "venv/interpreter/target_platform.h"

#include <algorithm>
#include <array>
#include <utility>

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
