#include "installer/wheel/zip/zip_entry.h"

#include "installer/wheel/zip/zip_format.h"

namespace ensure::wheel {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint64_t kBestDeflateRatio = 1032;
constexpr std::string_view kDeflatedNothing = "\x03\x00"sv;

void check_flags(const ZipHeader& header, const ArchiveErrors& errors) {
  constexpr std::uint16_t kEncrypted = 1U | 1U << 6U | 1U << 13U;
  constexpr std::uint16_t kDeflateEffort = 3U << 1U;  // does not change what is read
  constexpr std::uint16_t kKnown = kZipHasDescriptor | kZipUtf8Name | kDeflateEffort;
  errors.require((header.flags & kEncrypted) == 0, header.path, "is encrypted");
  errors.require((header.flags & ~kKnown) == 0, header.path, "has a flag of unknown meaning");
  errors.require(header.method == kZipStored || header.method == kZipDeflated, header.path,
                 "is packed by a method other than `stored` and `deflated`");
}

void check_sizes(const ZipEntry& entry, const ArchiveErrors& errors) {
  if (!entry.deflated) {
    errors.require(entry.packed.size() == entry.size, entry.path,
                   "is stored with two different sizes");
    return;
  }
  errors.require(entry.packed.size() >= kDeflatedNothing.size() &&
                     entry.size / kBestDeflateRatio <= entry.packed.size(),
                 entry.path, "has a size that its data cannot have");
}

/// The name says whether the entry is a directory; its attributes must not contradict.
void check_kind(ZipEntry& entry, std::uint32_t attributes, const ArchiveErrors& errors) {
  constexpr std::uint32_t kTypeMask = 0170000;
  constexpr std::uint32_t kDirectory = 0040000;
  constexpr std::uint32_t kFile = 0100000;
  constexpr std::uint32_t kExecutable = 0111;
  constexpr std::uint32_t kDosDirectory = 0x10;
  const std::uint32_t mode = attributes >> 16U;
  const std::uint32_t type = mode & kTypeMask;
  errors.require(type == 0 || type == kFile || type == kDirectory, entry.path,
                 "is neither a file nor a directory");
  const bool marked_directory = type == kDirectory || (attributes & kDosDirectory) != 0;
  errors.require(entry.is_directory ? type != kFile : !marked_directory, entry.path,
                 "is a file by its name and a directory by its mode, or the reverse");
  entry.executable = !entry.is_directory && (mode & kExecutable) != 0;
}

bool is_empty(const ZipEntry& entry) {
  return entry.size == 0 && entry.crc32 == 0 &&
         (entry.packed.empty() || entry.packed == kDeflatedNothing);
}

}  // namespace

ZipEntry make_zip_entry(const ZipCentralHeader& header, std::string_view packed,
                        const ArchiveErrors& errors) {
  ZipEntry entry = {.path = header.path,
                    .packed = packed,
                    .size = header.size,
                    .crc32 = header.crc32,
                    .deflated = header.method == kZipDeflated,
                    .is_directory = header.path.ends_with('/'),
                    .executable = false};
  if (entry.is_directory) entry.path.remove_suffix(1);
  const std::string_view fault = fault_of_path(entry.path, (header.flags & kZipUtf8Name) != 0);
  errors.require(fault.empty(), header.path, fault);
  check_flags(header, errors);
  check_sizes(entry, errors);
  check_kind(entry, header.attributes, errors);
  errors.require(!entry.is_directory || is_empty(entry), header.path,
                 "is a directory with content");
  return entry;
}

}  // namespace ensure::wheel
