#pragma once

#include <string>

#include "bootstrap/request.h"
#include "installer/base/path.h"

namespace ensure::bootstrap {

/// The command that runs the pip of the target of `request`, for hints: "env/bin/pip". `python` is
/// the interpreter where the target is no environment; empty where it does not run here.
[[nodiscard]] std::string pip_command(const Request& request, const base::Path& python);

}  // namespace ensure::bootstrap
