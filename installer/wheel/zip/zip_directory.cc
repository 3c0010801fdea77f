#include "installer/wheel/zip/zip_directory.h"

#include <algorithm>
#include <string>
#include <utility>

#include "installer/wheel/zip/zip_format.h"
#include "installer/wheel/zip/zip_writer.h"

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

enum class ZipDirectory::Form { kPublished, kAppended, kCached };

/// Performs the checks one after another, and fills the directory.
class ZipDirectory::Audit {
 public:
  Audit(std::string_view bytes, ZipDirectory& directory, Form form)
      : bytes_(bytes), directory_(directory), errors_(directory.errors_), form_(form) {}

  void run(const ZipEnd& end) {
    find_directory(end);
    read_central_headers(end);
    check_start();
    directory_.entries_.reserve(headers_.size());
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      if (form_ == Form::kCached) {
        add_cached_entry(i);
      } else {
        add_entry(i);
      }
    }
    check_paths();
    check_unpacked_size();
  }

 private:
  /// The directory ends where the end record starts, so its start follows from its size, and the
  /// origin of all offsets from its stated offset.
  void find_directory(const ZipEnd& end) {
    errors_.require(end.directory_size <= end.directory_end, "its central directory is cut off");
    directory_start_ = end.directory_end - end.directory_size;
    errors_.require(end.directory_offset <= directory_start_,
                    "its central directory is not where its end record says");
    errors_.require(form_ == Form::kAppended || end.directory_offset == directory_start_,
                    "it has data before its first entry or behind its central directory");
    base_ = directory_start_ - end.directory_offset;
    errors_.require(!end.zip64_offset || *end.zip64_offset == end.directory_end - base_,
                    "its 64-bit end record is not where it has to be");
  }

  /// Sorts the headers by the offset of their entries from the start of the bytes.
  void read_central_headers(const ZipEnd& end) {
    constexpr std::size_t kSmallestHeader = 46;
    constexpr std::uint64_t kMostEntries = 1'000'000;
    std::string_view directory = bytes_.substr(directory_start_, end.directory_size);
    errors_.require(
        end.entry_count <= directory.size() / kSmallestHeader && end.entry_count <= kMostEntries,
        "its central directory has fewer entries than it says, or too many");
    headers_.reserve(end.entry_count);
    for (std::uint64_t i = 0; i < end.entry_count; ++i) {
      ZipCentralHeader header = parse_central_header(directory, errors_);
      errors_.require(header.offset < end.directory_offset, header.path,
                      "is said to lie outside the archive");
      header.offset += base_;
      headers_.push_back(header);
      directory.remove_prefix(header.length);
    }
    errors_.require(directory.empty(), "its central directory has more entries than it says");
    std::ranges::sort(headers_, {}, &ZipCentralHeader::offset);
  }

  /// Nothing may lie before the first entry except the file that the archive is appended to.
  void check_start() {
    const std::uint64_t start = headers_.empty() ? directory_start_ : headers_.front().offset;
    const bool counts_from_file = form_ == Form::kAppended && base_ == 0;
    errors_.require(counts_from_file || start == base_, "it has data before its first entry");
    directory_.start_ = start;
  }

  /// The start of the next entry or of the central directory.
  [[nodiscard]] std::uint64_t end_of(std::size_t index) const {
    return index + 1 < headers_.size() ? headers_[index + 1].offset : directory_start_;
  }

  void add_cached_entry(std::size_t index) {
    const ZipCentralHeader& header = headers_[index];
    ZipEntry entry = make_zip_entry(header, bytes_.substr(0, header.packed_size), errors_);
    const std::uint64_t data = header.offset + stored_local_size(entry, header.offset);
    errors_.require(!entry.deflated && (header.flags & kZipHasDescriptor) == 0 &&
                        entry.size <= bytes_.size() && data + entry.size == end_of(index),
                    header.path, "is not where it has to be");
    entry.packed = bytes_.substr(data, entry.size);
    directory_.entries_.push_back(entry);
  }

  void add_entry(std::size_t index) {
    const ZipCentralHeader& header = headers_[index];
    const std::uint64_t next = end_of(index);
    const ZipHeader local = read_local_header(header);
    const std::uint64_t data = header.offset + local.length;
    errors_.require(data <= next && header.packed_size <= next - data, header.path,
                    "overlaps what follows it in the archive");
    const std::string_view packed = bytes_.substr(data, header.packed_size);
    const std::uint64_t data_end = data + packed.size();
    check_descriptor(header, local, packed, bytes_.substr(data_end, next - data_end));
    directory_.entries_.push_back(make_zip_entry(header, packed, errors_));
  }

  /// The header before the data, which must agree with the central one.
  ZipHeader read_local_header(const ZipCentralHeader& header) {
    const ZipHeader local =
        parse_local_header(bytes_.substr(header.offset, directory_start_ - header.offset), errors_);
    errors_.require(local.path == header.path, header.path, "has another name in its local header");
    errors_.require(local.flags == header.flags && local.method == header.method, header.path,
                    "has other flags or another method in its local header");
    // If a descriptor follows the data, these may be 0 in the local header.
    const bool open = (header.flags & kZipHasDescriptor) != 0;
    const auto agree = [open](std::uint64_t stated, std::uint64_t value) {
      return stated == value || (open && stated == 0);
    };
    errors_.require(agree(local.crc32, header.crc32), header.path,
                    "has another checksum in its local header");
    errors_.require(agree(local.packed_size, header.packed_size) && agree(local.size, header.size),
                    header.path, "has another size in its local header");
    return local;
  }

  /// `rest` lies between the data and the next entry.
  void check_descriptor(const ZipHeader& header, const ZipHeader& local, std::string_view packed,
                        std::string_view rest) {
    if ((header.flags & kZipHasDescriptor) == 0) {
      errors_.require(rest.empty(), header.path, "is followed by data that belong to no entry");
      return;
    }
    // A reader from front to back finds the end of stored data by the descriptor's signature.
    const bool end_unknown = header.method == kZipStored && local.packed_size != header.packed_size;
    errors_.require(is_descriptor_of(header, rest, local.zip64, !end_unknown), header.path,
                    "is not followed by a descriptor of its data");
    errors_.require(!end_unknown || !contains_descriptor_signature(packed), header.path,
                    "has what looks like a descriptor inside its data");
  }

  /// No path may occur twice, or be both a file and a directory, not even on a file system that
  /// ignores case: one file would replace the other.
  void check_paths() {
    const std::vector<ZipEntry>& entries = directory_.entries_;
    std::vector<std::pair<std::string, const ZipEntry*>> keys;
    keys.reserve(entries.size());
    for (const ZipEntry& entry : entries) keys.emplace_back(sort_key_of_path(entry.path), &entry);
    std::ranges::sort(keys);
    for (std::size_t i = 1; i < keys.size(); ++i) {
      const auto& [key, entry] = keys[i];
      const auto& [key_before, before] = keys[i - 1];
      errors_.require(key != key_before, entry->path,
                      entry->path == before->path ? "is in it twice"
                                                  : "is in it twice, differing in case only");
      errors_.require(before->is_directory || !key.starts_with(key_before + '\1'), before->path,
                      "is both a file and a directory");
    }
  }

  /// Against bombs. Published wheels stay well below these limits.
  void check_unpacked_size() {
    constexpr std::uint64_t kMostRatio = 100;
    constexpr std::uint64_t kAlwaysAllowed = std::uint64_t{64} << 20U;
    constexpr std::uint64_t kMost = std::uint64_t{32} << 30U;
    std::uint64_t unpacked = 0;
    for (const ZipEntry& entry : directory_.entries_) {
      errors_.require(entry.size <= kMost - unpacked, "it is too large when unpacked");
      unpacked += entry.size;
    }
    errors_.require(
        unpacked <= kAlwaysAllowed || unpacked / kMostRatio <= bytes_.size() - directory_.start_,
        "it is too large when unpacked, compared with its own size");
    directory_.unpacked_size_ = unpacked;
  }

  std::string_view bytes_;
  ZipDirectory& directory_;
  const ArchiveErrors& errors_;
  Form form_;
  std::vector<ZipCentralHeader> headers_;
  std::uint64_t directory_start_ = 0;
  std::uint64_t base_ = 0;  ///< the origin of the archive's offsets
};

ZipDirectory ZipDirectory::parse(std::string_view bytes, std::string_view archive) {
  return parse_as(Form::kPublished, bytes, archive);
}

ZipDirectory ZipDirectory::parse_cached(std::string_view bytes, std::string_view archive) {
  return parse_as(Form::kCached, bytes, archive);
}

ZipDirectory ZipDirectory::parse_as(Form form, std::string_view bytes, std::string_view archive) {
  ZipDirectory directory(archive);
  const std::optional<ZipEnd> end = find_zip_end(bytes, directory.errors_);
  directory.errors_.require(
      end.has_value(),
      "it does not end like a ZIP archive: it is another kind of file, or was cut off");
  Audit(bytes, directory, form).run(*end);
  return directory;
}

std::optional<ZipDirectory> ZipDirectory::find_appended(std::string_view bytes,
                                                        std::string_view archive) {
  if (!find_zip_end(bytes, ArchiveErrors(archive))) return std::nullopt;
  return parse_as(Form::kAppended, bytes, archive);
}

const ZipEntry* ZipDirectory::find(std::string_view path) const {
  const auto found = std::ranges::find(entries_, path, &ZipEntry::path);
  return found == entries_.end() ? nullptr : &*found;
}

}  // namespace ensure::wheel
