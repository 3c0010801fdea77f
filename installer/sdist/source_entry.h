#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ensure::sdist {

/// One file, folder or link of a source archive.
struct SourceEntry {
  enum class Kind : std::uint8_t { kFile, kFolder, kLink };

  Kind kind = Kind::kFile;
  std::string path;  ///< relative, without a final "/"
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  /// Of a file, as it lies in the archive's memory; of a zip archive only once it is read.
  std::string_view content{};
  std::string target{};  ///< of a symbolic link, as written
  // NOLINTEND(readability-redundant-member-init)
  bool executable = false;
};

}  // namespace ensure::sdist
