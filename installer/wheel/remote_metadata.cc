#include "installer/wheel/remote_metadata.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "installer/wheel/dist_info.h"
#include "installer/wheel/zip/archive_errors.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_directory.h"
#include "installer/wheel/zip/zip_format.h"

namespace ensure::wheel {
namespace {

/// Larger files are not METADATA; they would be unpacked into memory.
constexpr std::uint64_t kLargestMetadata = std::uint64_t{32} << 20U;

constexpr std::uint64_t kLargestDirectory = std::uint64_t{64} << 20U;

/// The part of `whole` from `first` to before `end`; nullopt if some of it is missing.
std::optional<std::string_view> part_of(const WheelTail& whole, std::uint64_t first,
                                        std::uint64_t end) {
  if (first < whole.offset || end - whole.offset > whole.bytes.size()) return std::nullopt;
  return std::string_view(whole.bytes).substr(first - whole.offset, end - first);
}

/// The entry of METADATA.
struct MetadataEntry {
  ZipCentralHeader header;
  std::uint64_t end;  ///< the start of the next entry or of the central directory
};

bool is_metadata_of(std::string_view path, const specs::WheelFilename& filename) {
  constexpr std::string_view kMetadata = ".dist-info/METADATA";
  constexpr std::string_view kFile = "/METADATA";
  if (!path.ends_with(kMetadata)) return false;
  path.remove_suffix(kFile.size());
  return path.find('/') == std::string_view::npos &&
         dist_info_is_of(path, filename.name(), filename.version());
}

/// Finds METADATA in the central directory.
MetadataEntry find_entry(std::string_view directory, const ZipEnd& end,
                         std::uint64_t directory_start, const specs::WheelFilename& filename,
                         const ArchiveErrors& errors) {
  std::optional<ZipCentralHeader> found;
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t i = 0; i < end.entry_count; ++i) {
    const ZipCentralHeader header = parse_central_header(directory, errors);
    directory.remove_prefix(header.length);
    offsets.push_back(header.offset);
    if (!is_metadata_of(header.path, filename)) continue;
    errors.require(!found, header.path, "is in it twice");
    found = header;
  }
  errors.require(found.has_value(),
                 "it has no METADATA of the project and version that its name says");
  std::uint64_t next = directory_start;
  for (const std::uint64_t offset : offsets) {
    if (offset > found->offset) next = std::min(next, offset);
  }
  errors.require(found->offset < next && found->size <= kLargestMetadata &&
                     next - found->offset <= 2 * kLargestMetadata,
                 found->path, "has an impossible position or size");
  return {*found, next};
}

std::string unpack(std::string_view entry, const ZipCentralHeader& header,
                   const ArchiveErrors& errors) {
  const ZipHeader local = parse_local_header(entry, errors);
  errors.require(local.path == header.path, header.path, "has another name in its local header");
  errors.require(local.length <= entry.size() && header.packed_size <= entry.size() - local.length,
                 header.path, "overlaps what follows it in the archive");
  const std::string_view packed = entry.substr(local.length, header.packed_size);
  return read_entry(make_zip_entry(header, packed, errors), errors);
}

}  // namespace

std::variant<std::string, ByteSpan> find_remote_metadata(const specs::WheelFilename& filename,
                                                         const WheelTail& tail,
                                                         const WheelTail* piece) {
  const ArchiveErrors errors(filename.to_string());
  const std::optional<ZipEnd> end = find_zip_end(tail.bytes, errors);
  errors.require(end.has_value(),
                 "it does not end like a ZIP archive: it is another kind of file, or was cut off");
  const std::uint64_t directory_end = tail.offset + end->directory_end;
  errors.require(end->directory_size <= std::min(directory_end, kLargestDirectory) &&
                     end->directory_offset == directory_end - end->directory_size,
                 "its central directory is not where its end record says");
  const std::uint64_t start = end->directory_offset;

  const auto directory = part_of(tail, start, directory_end);
  if (!directory) return ByteSpan{start, tail.offset - 1};
  const MetadataEntry found = find_entry(*directory, *end, start, filename, errors);
  auto entry = part_of(tail, found.header.offset, found.end);
  if (!entry && piece != nullptr) entry = part_of(*piece, found.header.offset, found.end);
  if (!entry) return ByteSpan{found.header.offset, found.end - 1};
  return unpack(*entry, found.header, errors);
}

}  // namespace ensure::wheel
