#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/zip/zip_directory.h"

/// The `.dist-info` directory of a wheel and the RECORD in it.
namespace ensure::wheel {

/// The name of the one `.dist-info` directory that a wheel must have. Throws `Error`
/// (`kVerification`) if there is none or several, or if a `.data` directory belongs to another
/// project or version, or holds something that no install scheme has a directory for.
[[nodiscard]] std::string find_dist_info(const ZipDirectory& directory);

/// Whether the name of the directory, "NAME-VERSION.dist-info", means this project and version,
/// however they are spelled.
[[nodiscard]] bool dist_info_is_of(std::string_view dist_info, const specs::PackageName& name,
                                   const specs::Version& version);

/// A file of a wheel with its row of RECORD.
struct RecordedFile {
  struct Digest {
    base::DigestAlgorithm algorithm;
    std::string value;  ///< as RECORD spells it: base 64 for URLs without padding
  };

  const ZipEntry* entry;
  std::optional<Digest> digest;  ///< only RECORD itself and its signatures may have none

  /// Throws `Error` (`kVerification`) if `content` does not have the digest.
  void check(std::string_view content, const ArchiveErrors& errors) const;
};

/// The files of a wheel in the order of the archive, each with its row of RECORD. `record` is the
/// content of the file RECORD in the directory `dist_info`.
///
/// Throws `Error` (`kVerification`) unless RECORD lists each file exactly once with a strong
/// digest, and nothing else (binary distribution format, "Signed wheel files").
[[nodiscard]] std::vector<RecordedFile> match_record(const ZipDirectory& directory,
                                                     std::string_view dist_info,
                                                     std::string_view record);

}  // namespace ensure::wheel
