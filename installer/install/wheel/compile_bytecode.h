#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ensure::install {

/// What is to be compiled, and by what.
struct BytecodeRequest {
  std::vector<std::string> interpreter;            ///< the program and its first arguments
  std::vector<std::string> environment;            ///< "NAME=value"
  std::vector<std::filesystem::path> directories;  ///< where the modules are now, staged
  std::filesystem::path staged;      ///< in the names of modules this part of the path
  std::filesystem::path final_path;  ///< is replaced by this one (`co_filename`)
};

/// Compiles all modules with one process, `compileall` of the target's interpreter. Modules that
/// cannot be compiled are passed over, as some wheels carry templates; returns false where that
/// happened. Throws `Error` (`kInterpreter`) where the interpreter cannot do it.
bool compile_bytecode(const BytecodeRequest& request);

}  // namespace ensure::install
