#pragma once

#include <vector>

#include "bootstrap/carried_packages.h"
#include "bootstrap/result.h"
#include "venv/environment_reader.h"
#include "venv/interpreter.h"

namespace ensure::bootstrap {

/// All that is installed in an environment, for whatever Python.
[[nodiscard]] std::vector<PackageReport> packages_of(const venv::ExistingEnvironment& environment);

/// What comes along of what is installed for other Pythons than `interpreter`.
[[nodiscard]] CarriedPackages packages_to_carry(const venv::ExistingEnvironment& environment,
                                                const venv::Interpreter& interpreter);

}  // namespace ensure::bootstrap
