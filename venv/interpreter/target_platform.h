#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// A platform that is named rather than seen (`--python-platform`).
///
///     linux  macos  windows                             the usual machine of that system
///     aarch64-unknown-linux-gnu  x86_64-pc-windows-msvc a target triple, as uv takes it
///     x86_64-manylinux_2_28  aarch64-apple-darwin
///     linux_x86_64  manylinux_2_17_x86_64  win_amd64    a platform tag, as pip takes it
///     musllinux_1_2_aarch64  macosx_11_0_arm64
struct TargetPlatform {
  std::string system;   ///< "linux", "darwin", "win32" (`sys.platform`)
  std::string machine;  ///< as the system names it: "x86_64", "aarch64", "arm64", "amd64"
  std::string libc;     ///< "glibc" or "musl" on Linux, else empty
  std::optional<std::string> system_version;  ///< of libc or macOS, such as "2.28", where named

  /// Throws `base::Error` with `kUsage` where the name is not known.
  [[nodiscard]] static TargetPlatform parse(std::string_view name);

  [[nodiscard]] bool is_64bit() const;
  [[nodiscard]] std::string sysconfig_platform() const;  ///< "linux-x86_64", "win-amd64"
};

/// What `--python-version` and `--python-platform` say of a target, put over what is known of it
/// otherwise. `version` is "3.13", "3.13.1" or "3.13t". The result does not run here; where
/// the system is another one than that of `known`, its paths are that system's usual ones.
/// Throws `base::Error` with `kUsage` where `version` is not such a version or not supported.
[[nodiscard]] Interpreter describe_target(Interpreter known,
                                          const std::optional<std::string>& version,
                                          const std::optional<TargetPlatform>& platform);

}  // namespace ensure::venv
