#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ensure::venv {

/// The platform that `--python-platform` describes.
///
///     linux  macos  windows                             the usual machine of that system
///     aarch64-unknown-linux-gnu  x86_64-pc-windows-msvc a target triple, as in uv
///     x86_64-manylinux_2_28  aarch64-apple-darwin
///     linux_x86_64  manylinux_2_17_x86_64  win_amd64    a platform tag, as in pip
///     musllinux_1_2_aarch64  macosx_11_0_arm64
struct TargetPlatform {
  std::string system;   ///< "linux", "darwin", "win32" (`sys.platform`)
  std::string machine;  ///< as the system names it: "x86_64", "aarch64", "arm64", "amd64"
  std::string libc;     ///< "glibc" or "musl" on Linux, else empty
  std::optional<std::string> system_version;  ///< of libc or macOS, such as "2.28", if named

  /// Throws `base::Error` (`kUsage`) if the name is not known.
  [[nodiscard]] static TargetPlatform parse(std::string_view name);

  [[nodiscard]] bool is_64bit() const;
  [[nodiscard]] std::string sysconfig_platform() const;  ///< "linux-x86_64", "win-amd64"
};

}  // namespace ensure::venv
