#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/digest.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::wheel {

/// A file of a wheel, and what RECORD says of it.
struct RecordedFile {
  struct Digest {
    base::DigestAlgorithm algorithm;
    std::string value;  ///< in RECORD's own spelling, base 64 for URLs without padding
  };

  const ZipEntry* entry;
  std::optional<Digest> digest;  ///< only RECORD itself and its signatures may have none

  /// Throws `Error` (`kVerification`) where `content` does not have the digest.
  void check(std::string_view content, const ArchiveErrors& errors) const;
};

/// The files of a wheel, as they lie in the archive, each with its row of RECORD. `record` is the
/// content of the file RECORD in the folder `dist_info`.
///
/// Each file has to be listed exactly once with a digest that can be trusted, and nothing else
/// (binary distribution format, "Signed wheel files"); throws `Error` (`kVerification`).
[[nodiscard]] std::vector<RecordedFile> match_record(const ZipDirectory& directory,
                                                     std::string_view dist_info,
                                                     std::string_view record);

}  // namespace ensure::wheel
