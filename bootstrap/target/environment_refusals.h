#pragma once

#include "installer/base/path.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// Throws `Error` (`kFileSystem`): `found` is not an environment, so its files belong to the user.
[[noreturn]] void refuse_foreign(const venv::ExistingEnvironment& found,
                                 const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) where the environment is for another Python than `interpreter`,
/// unless it is only broken: its Python is gone, and this one is of the same version. `final_path`
/// is how messages call the environment.
void refuse_other_python(const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) where the environment was made for one place, and packages are in
/// it whose commands name that place.
void refuse_fixed(const venv::ExistingEnvironment& environment,
                  const venv::Interpreter& interpreter, const base::Path& final_path);

/// Throws `Error` (`kFileSystem`) if another user may have chosen `program`, the Python that the
/// environment names: the files that name it, or the program itself, belong to neither root nor the
/// caller, or everybody may write to them. Accepts programs whose owner the user namespace does not
/// know, because root's programs look like that there.
void refuse_foreign_python(const venv::ExistingEnvironment& environment, const base::Path& program,
                           const base::Path& final_path);

}  // namespace ensure::bootstrap
