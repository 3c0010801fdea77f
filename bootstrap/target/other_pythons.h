#pragma once

#include <string>
#include <vector>

#include "bootstrap/packages/carried_packages.h"
#include "installer/base/directory.h"
#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// The packages of an environment for all Pythons but `library`, such as "python3.12"; an empty
/// `library` excludes none.
[[nodiscard]] std::vector<install::Distribution> packages_except(
    const venv::ExistingEnvironment& environment, const std::string& library);

/// The packages to install again for `interpreter`, among those installed for other Pythons.
[[nodiscard]] CarriedPackages packages_to_carry(const venv::ExistingEnvironment& environment,
                                                const venv::Interpreter& interpreter);

/// Adds to `transaction` the removal of everything that an environment has for other versions of
/// Python than `interpreter`: their libraries, headers, names in `bin`, and the commands and data
/// of their packages. `own_files`, the files of the environment itself, stay, whatever a RECORD
/// lists.
void remove_other_pythons(install::Transaction& transaction,
                          const venv::ExistingEnvironment& environment,
                          const venv::Interpreter& interpreter,
                          const std::vector<base::Path>& own_files);

/// Stages for the library of `interpreter` the files that the user has put beside the packages of
/// those other versions, such as a module or a `.pth` file. `staged` is the staged environment.
void stage_files_of_user(install::Transaction& transaction,
                         const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Directory& staged);

}  // namespace ensure::bootstrap
