#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

/// One file, directory or link of a source archive.
struct SourceEntry {
  enum class Kind : std::uint8_t { kFile, kDirectory, kLink };

  Kind kind = Kind::kFile;
  std::string path;  ///< relative, without a final "/"
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::string_view content{};  ///< of a file; it belongs to the archive
  std::string target{};        ///< of a symbolic link, as written
  // NOLINTEND(readability-redundant-member-init)
  bool executable = false;
};

/// Sorts the entries of an archive by path, removes duplicates, and checks them together: no path
/// leaves the archive or is below a file or a link, no two different entries have the same path,
/// and a link leads to a file or directory of the archive without passing through another link (PEP
/// 721). Whoever then unpacks directories first and links last writes nothing elsewhere. Throws
/// `base::Error` (`kVerification`).
void check_source_entries(std::vector<SourceEntry>& entries, const wheel::ArchiveErrors& errors);

}  // namespace ensure::sdist
