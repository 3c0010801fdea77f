#pragma once

#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace ensure::bundled {

/// The options of the pack program.
struct PackOptions {
  std::vector<std::filesystem::path> wheels;
  std::vector<std::filesystem::path> pythons;  ///< that may compile bytecode
  /// Versions such as "3.12" whose bytecode must be in the payload.
  std::vector<std::string> required_bytecode;
  std::optional<std::filesystem::path> pins;  ///< the manifest that the wheels must match
  std::filesystem::path compiler;             ///< compile_bytecode.py
  std::filesystem::path work_directory;
  std::filesystem::path output;                                 ///< the payload
  std::filesystem::path listing;                                ///< the payload's content as JSON
  std::size_t limit = std::numeric_limits<std::size_t>::max();  ///< of the payload, in bytes

  /// Reads "--name value" pairs and the paths of wheels. Throws `Error` (`kUsage`).
  static PackOptions parse(const std::vector<std::string>& arguments);
};

}  // namespace ensure::bundled
