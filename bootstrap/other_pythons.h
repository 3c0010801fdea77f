#pragma once

#include <filesystem>
#include <vector>

#include "bootstrap/result.h"
#include "installer/base/files.h"
#include "installer/install/transaction.h"
#include "venv/environment_reader.h"
#include "venv/interpreter.h"

namespace ensure::bootstrap {

/// Lets `transaction` remove everything that an environment has for other versions of Python than
/// `interpreter`: their libraries, headers, names in `bin`, and the commands and data of the
/// packages that go. `own_files` are files of the environment itself, which stay whatever a RECORD
/// lists. Returns the packages that go.
[[nodiscard]] std::vector<PackageReport> remove_other_pythons(
    install::Transaction& transaction, const venv::ExistingEnvironment& environment,
    const venv::Interpreter& interpreter, const std::vector<std::filesystem::path>& own_files);

/// Stages the files that the user has put beside the packages of those other versions, such as a
/// module or a `.pth` file, for the library of `interpreter`. `staged` stands for the environment.
void stage_files_of_user(install::Transaction& transaction,
                         const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Directory& staged);

}  // namespace ensure::bootstrap
