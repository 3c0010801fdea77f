#pragma once

#include "installer/base/path.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// Throws `Error` (`kFileSystem`): `found` is not an environment, so its files belong to the user.
[[noreturn]] void refuse_foreign(const venv::ExistingEnvironment& found,
                                 const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) if the environment is for another Python than `interpreter`,
/// unless its Python is gone and this one has the same version. `final_path` names it in messages.
void refuse_other_python(const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) if the environment is not relocatable and has packages, whose
/// commands contain its path.
void refuse_fixed(const venv::ExistingEnvironment& environment,
                  const venv::Interpreter& interpreter, const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) if another user may have chosen `program`, the Python that the
/// environment names: the files that name it, or the program itself, belong to neither root nor the
/// caller, or everybody may write to them. Accepts programs whose owner the user namespace does not
/// know, because root's programs look like that there.
void refuse_foreign_python(const venv::ExistingEnvironment& environment, const base::Path& program,
                           const base::Path& final_path);

}  // namespace ensure::bootstrap
