#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "installer/sdist/source_entry.h"
#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

struct TarContent {
  std::vector<SourceEntry> entries;  ///< in the order of the archive; hard links are files
  std::int64_t newest = 0;           ///< the latest time of change, in seconds since 1970
};

/// Reads a tar archive (ustar, pax of POSIX.1-2001, GNU's long names) that lies in `bytes`, which
/// have to outlive what is returned. Throws `base::Error` (`kVerification`) where it is cut off or
/// damaged, where two readers could take it for different things, and for devices, pipes and
/// sparse files. What the entries mean together is for `check_source_entries`.
[[nodiscard]] TarContent read_tar(std::string_view bytes, const wheel::ArchiveErrors& refusal);

}  // namespace ensure::sdist
