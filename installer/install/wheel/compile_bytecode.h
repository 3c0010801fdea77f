#pragma once

#include <string>
#include <vector>

#include "installer/base/path.h"

namespace ensure::install {

struct BytecodeRequest {
  std::vector<std::string> interpreter;  ///< the program and its first arguments
  std::vector<std::string> environment;  ///< "NAME=value"
  std::vector<base::Path> directories;   ///< staged, with the modules
  base::Path staged;                     ///< this prefix in the names of modules
  base::TargetPath final_path;           ///< is replaced by this one (`co_filename`)
};

/// Compiles all modules with one process, `compileall` of the target's interpreter. Skips modules
/// that cannot be compiled, because some wheels contain templates; returns false if there were any.
/// Throws `Error` (`kInterpreter`) if the interpreter fails.
bool compile_bytecode(const BytecodeRequest& request);

}  // namespace ensure::install
