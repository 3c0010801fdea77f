#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "installer/base/path.h"

namespace ensure::bundled {

/// The options of the pack program.
struct PackOptions {
  std::vector<base::Path> wheels;
  std::vector<base::Path> pythons;  ///< that may compile bytecode
  /// Versions such as "3.12" whose bytecode must be in the payload.
  std::vector<std::string> required_bytecode;
  base::Path pins;      ///< the manifest that the wheels must match; may be empty
  base::Path compiler;  ///< compile_bytecode.py
  base::Path work_directory;
  base::Path output;                                            ///< the payload
  std::size_t limit = std::numeric_limits<std::size_t>::max();  ///< of the payload, in bytes

  /// Reads "--name value" pairs and the paths of wheels. Throws `Error` (`kUsage`).
  static PackOptions parse(const std::vector<std::string>& arguments);
};

}  // namespace ensure::bundled
