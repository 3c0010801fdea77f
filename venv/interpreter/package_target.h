#pragma once

#include <optional>

#include "installer/base/path.h"
#include "installer/specs/requirements/marker_environment.h"
#include "installer/specs/tags/tag_set.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/target_platform.h"

namespace ensure::venv {

/// What decides on the packages that an interpreter can have.
struct PackageTarget {
  specs::MarkerEnvironment environment;
  specs::TagTarget tags;
};

/// Describes it. `root` is the folder that the interpreter's own "/" is at on this machine, and
/// `platform` what was named instead of seen (`--python-platform`).
///
/// The libc of an interpreter is that of its own loader: glibc's version is read from the library
/// beside it, musl's is what the loader says of itself where it runs here.
[[nodiscard]] PackageTarget package_target(const Interpreter& interpreter, const base::Path& root,
                                           const std::optional<TargetPlatform>& platform);

}  // namespace ensure::venv
