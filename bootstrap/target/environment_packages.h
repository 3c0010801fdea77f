#pragma once

#include <vector>

#include "bootstrap/result.h"
#include "bootstrap/packages/carried_packages.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// All packages that are installed in an environment, for any version of Python.
[[nodiscard]] std::vector<PackageReport> packages_of(const venv::ExistingEnvironment& environment);

/// The packages to install again for `interpreter`, among those installed for other Pythons.
[[nodiscard]] CarriedPackages packages_to_carry(const venv::ExistingEnvironment& environment,
                                                const venv::Interpreter& interpreter);

}  // namespace ensure::bootstrap
