#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {

/// No source distribution is as large as this when unpacked, in bytes.
inline constexpr std::uint64_t kLargestUnpacked = std::uint64_t{1} << 30U;

/// Unpacks a gzip file (RFC 1952) of one or several members; zeros may follow them. Throws
/// `base::Error` (`kVerification`) where it is damaged, or holds more than `largest` bytes.
[[nodiscard]] std::string unpack_gzip(std::string_view bytes, const wheel::ArchiveErrors& refusal,
                                      std::uint64_t largest = kLargestUnpacked);

}  // namespace ensure::sdist
