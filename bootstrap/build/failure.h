#pragma once

#include <string>

#include "installer/base/error.h"
#include "installer/base/subprocess.h"

namespace ensure::build {

/// The error (`kFailure`) for a build that failed: "building `demo-1.0.tar.gz` failed", with the
/// last lines that the backend has said.
[[nodiscard]] base::Error build_failure(const std::string& project,
                                        const base::ProcessResult& result);

}  // namespace ensure::build
