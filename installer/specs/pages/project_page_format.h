#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

// The bytes of a `ProjectPage`: a header, the records of files, of releases and of the four tables
// of texts, then the texts themselves, one after another. Numbers have the byte order of the
// machine; the magic number differs for another byte order.
//
// Files are sorted by version, those of one version in the order of the page; releases are sorted
// by the keys of their versions, and their files follow each other without a gap.

namespace ensure::specs {

/// The position of a text after the records.
struct PageText {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t offset = kNone;  ///< `kNone` for no text, as opposed to an empty one
  std::uint32_t size = 0;
};

struct PageHeader {
  /// Increased with every change of the format.
  static constexpr std::uint64_t kMagic = 0x3230'6567'6150'6e65;  // "enPage02"

  /// The checksum covers the bytes from here on.
  static constexpr std::size_t kSummedFrom = 2 * sizeof(std::uint64_t);

  std::uint64_t magic = kMagic;
  std::uint64_t checksum = 0;
  std::uint32_t file_count = 0;
  std::uint32_t release_count = 0;
  /// Tag sets, Requires-Pythons, tracks, alternate locations.
  std::array<std::uint32_t, 4> table_sizes{};
  PageText name;
  PageText url;
  PageText base_url;
  PageText status_reason;
  std::uint32_t skipped_others = 0;
  std::uint32_t skipped_unsupported = 0;
  std::uint32_t skipped_malformed = 0;
  std::uint32_t status = 0;
};

struct PageFile {
  static constexpr std::uint32_t kNoIndex = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint64_t kNoSize = std::numeric_limits<std::uint64_t>::max();
  static constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

  std::uint64_t size = kNoSize;
  std::int64_t upload_time = kNoTime;
  PageText filename;
  PageText url;
  PageText build;
  PageText yanked;
  PageText digests;
  PageText metadata_digests;  ///< no text if there is no metadata file
  PageText provenance;
  std::uint32_t release = 0;
  std::uint32_t tags = kNoIndex;  ///< of a wheel
  std::uint32_t requires_python = kNoIndex;
  std::uint32_t unused = 0;
};

struct PageRelease {
  PageText version_key;
  PageText version_text;
  std::uint32_t first_file = 0;
  std::uint32_t file_count = 0;
};

}  // namespace ensure::specs
