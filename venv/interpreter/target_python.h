#pragma once

#include <optional>
#include <string>

#include "installer/base/path.h"
#include "installer/specs/tags/target_python.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/target_platform.h"

namespace ensure::venv {

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
