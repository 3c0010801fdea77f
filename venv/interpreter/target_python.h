#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"
#include "installer/specs/tags/tag_set.h"
#include "venv/interpreter/interpreter.h"

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

/// Changes `known` to the version of `--python-version` ("3.13", "3.13.1", "3.13t") and to the
/// platform of `--python-platform`. The result does not run here. For another system than that of
/// `known`, it has the usual paths of that system. Throws `base::Error` (`kUsage`) if `version` is
/// not such a version or not supported.
[[nodiscard]] Interpreter describe_target(Interpreter known,
                                          const std::optional<std::string>& version,
                                          const std::optional<TargetPlatform>& platform);

/// Describes `interpreter` as a target of packages. `root` is the directory that holds its file
/// system on this machine. `platform` is the value of `--python-platform`.
///
/// The libc is that of the interpreter's own loader: the version of glibc is read from the library
/// beside the loader, and musl's loader is asked for its version if it runs here.
[[nodiscard]] specs::TargetPython target_python(const Interpreter& interpreter,
                                                const base::Path& root,
                                                const std::optional<TargetPlatform>& platform);

}  // namespace ensure::venv
