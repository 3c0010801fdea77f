#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

inline constexpr std::size_t kTarBlock = 512;

/// The fields of a header block that count (POSIX.1-1988 "ustar", and the older form and GNU's).
struct TarHeader {
  std::string path;    ///< prefix and name put together, any bytes
  std::string target;  ///< the name that a link leads to
  char type = '0';
  std::uint64_t size = 0;  ///< of the data behind it, in bytes
  std::uint64_t mode = 0;
  std::int64_t modified = 0;  ///< seconds since 1970; 0 where it cannot be read
};

/// None for a block of zeros, which ends an archive. Throws `base::Error` (`kVerification`) where
/// the checksum is wrong, or a number is none.
[[nodiscard]] std::optional<TarHeader> parse_tar_header(std::string_view block,
                                                        const wheel::ArchiveErrors& refusal);

}  // namespace ensure::sdist
