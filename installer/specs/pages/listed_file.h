#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::specs {

/// A file as a page lists it, before its name is looked at. The views are valid as long as that
/// which they were read from.
struct ListedFile {
  std::string_view filename;
  std::string_view url;  ///< as written, without a fragment
  std::optional<std::string_view> requires_python;
  std::optional<std::string_view> yanked;   ///< the reason (PEP 592)
  std::optional<std::uint64_t> size;        ///< in bytes (PEP 700)
  std::optional<std::int64_t> upload_time;  ///< microseconds since 1970 in UTC (PEP 700)
  std::string digests;                      ///< see packed_digests.h
  bool has_metadata = false;     ///< METADATA is at the URL with ".metadata" (PEP 658/714)
  std::string metadata_digests;  ///< see packed_digests.h
  std::string_view provenance;   ///< URL of attestations, empty for none (PEP 740)
  bool is_malformed = false;     ///< a value of it means nothing, and it is not safe to guess
};

}  // namespace ensure::specs
