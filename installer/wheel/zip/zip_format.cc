#include "installer/wheel/zip/zip_format.h"

#include <algorithm>
#include <array>

#include "installer/base/text.h"

namespace ensure::wheel {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kLocalSignature = "PK\x03\x04"sv;
constexpr std::string_view kCentralSignature = "PK\x01\x02"sv;
constexpr std::string_view kDescriptorSignature = "PK\x07\x08"sv;
constexpr std::string_view kEndSignature = "PK\x05\x06"sv;
constexpr std::string_view kZip64EndSignature = "PK\x06\x06"sv;
constexpr std::string_view kZip64LocatorSignature = "PK\x06\x07"sv;

constexpr std::size_t kEndSize = 22;
constexpr std::size_t kZip64EndSize = 56;
constexpr std::size_t kZip64LocatorSize = 20;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;

constexpr std::uint16_t kSee64Bit16 = 0xFFFF;
constexpr std::uint32_t kSee64Bit32 = 0xFFFFFFFF;

/// Takes little-endian fields off the front of a record whose length has been checked.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : bytes_(bytes) {}

  std::uint16_t u16() { return static_cast<std::uint16_t>(take(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(take(4)); }
  std::uint64_t u64() { return take(8); }
  void skip(std::size_t count) { bytes_.remove_prefix(count); }

 private:
  std::uint64_t take(std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i-- > 0;)
      value = value << 8U | static_cast<std::uint8_t>(bytes_[i]);
    bytes_.remove_prefix(count);
    return value;
  }

  std::string_view bytes_;
};

/// Comments must not contain control characters other than white space: every trick with two
/// directories needs a second end record, which cannot be written without them.
bool is_text(char letter) {
  const auto byte = static_cast<std::uint8_t>(letter);
  return (byte >= 0x20 && byte != 0x7F) || letter == '\t' || letter == '\n' || letter == '\r';
}

bool is_text(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char letter) { return is_text(letter); });
}

/// The position of the end record; nullopt if `bytes` do not end with one.
std::optional<std::size_t> find_end_position(std::string_view bytes) {
  // Only the comment follows the record, so the last byte that is not text is inside the record.
  std::size_t last = bytes.size();
  while (last > 0 && is_text(bytes[last - 1]) && bytes.size() - last < 0x10000) --last;
  const std::size_t first = last < kEndSize ? 0 : last - kEndSize;
  const std::size_t found = bytes.substr(first).rfind(kEndSignature);
  if (found == std::string_view::npos) return std::nullopt;
  const std::size_t position = first + found;
  if (bytes.size() - position < kEndSize) return std::nullopt;
  Fields fields(bytes.substr(position + 20));
  if (position + kEndSize + fields.u16() != bytes.size()) return std::nullopt;
  return position;
}

/// Replaces the values of the end record by those of the 64-bit form, if there is one before
/// `position`.
void read_zip64_end(std::string_view bytes, std::size_t position, ZipEnd& end,
                    const ArchiveErrors& errors) {
  if (position < kZip64LocatorSize) return;
  const std::string_view locator = bytes.substr(position - kZip64LocatorSize, kZip64LocatorSize);
  if (!locator.starts_with(kZip64LocatorSignature)) return;
  Fields locator_fields(locator.substr(4));
  errors.require(locator_fields.u32() == 0, "it is one of several volumes");
  end.zip64_offset = locator_fields.u64();
  errors.require(locator_fields.u32() <= 1, "it is one of several volumes");

  // With data of unknown meaning in it, the record could begin in two places.
  errors.require(position >= kZip64LocatorSize + kZip64EndSize &&
                     bytes.substr(position - kZip64LocatorSize - kZip64EndSize)
                         .starts_with(kZip64EndSignature),
                 "its 64-bit end record is not where it has to be");
  end.directory_end = position - kZip64LocatorSize - kZip64EndSize;
  Fields fields(bytes.substr(end.directory_end + 4));
  errors.require(fields.u64() == kZip64EndSize - 12, "its 64-bit end record has a wrong length");
  fields.skip(4);
  errors.require(fields.u32() == 0 && fields.u32() == 0, "it is one of several volumes");

  const std::array<std::uint64_t, 4> values = {fields.u64(), fields.u64(), fields.u64(),
                                               fields.u64()};
  errors.require(values[0] == values[1], "it is one of several volumes");
  const auto agree = [](std::uint64_t short_form, std::uint64_t long_form, std::uint64_t see) {
    return short_form == see || short_form == long_form;
  };
  errors.require(agree(end.entry_count, values[1], kSee64Bit16) &&
                     agree(end.directory_size, values[2], kSee64Bit32) &&
                     agree(end.directory_offset, values[3], kSee64Bit32),
                 "its two end records disagree");
  end.entry_count = values[1];
  end.directory_size = values[2];
  end.directory_offset = values[3];
}

/// The sizes of the two parts that follow the fields of a header, in bytes.
struct VariableSizes {
  std::size_t name;
  std::size_t extra;
};

/// Reads the fields that both headers have, from the flags to the size of the extra fields.
VariableSizes read_shared(Fields& fields, ZipHeader& header) {
  header.flags = fields.u16();
  header.method = fields.u16();
  fields.skip(4);
  header.crc32 = fields.u32();
  header.packed_size = fields.u32();
  header.size = fields.u32();
  const std::size_t name = fields.u16();
  return {name, fields.u16()};
}

struct ExtraFields {
  std::optional<std::string_view> zip64;         ///< 0x0001
  std::optional<std::string_view> unicode_path;  ///< 0x7075
};

ExtraFields parse_extra_fields(std::string_view bytes, std::string_view path,
                               const ArchiveErrors& errors) {
  constexpr std::uint16_t kZip64 = 0x0001;
  constexpr std::uint16_t kUnicodePath = 0x7075;
  ExtraFields extra;
  while (!bytes.empty()) {
    errors.require(bytes.size() >= 4, path, "has a cut-off extra field");
    Fields fields(bytes);
    const std::uint16_t id = fields.u16();
    const std::size_t size = fields.u16();
    errors.require(size <= bytes.size() - 4, path, "has a cut-off extra field");
    const std::string_view value = bytes.substr(4, size);
    if (id == kZip64 || id == kUnicodePath) {
      std::optional<std::string_view>& field = id == kZip64 ? extra.zip64 : extra.unicode_path;
      errors.require(!field, path, "has the same extra field twice");
      field = value;
    }
    bytes.remove_prefix(4 + size);
  }
  return extra;
}

ExtraFields read_extra_fields(ZipHeader& header, std::string_view bytes,
                              const ArchiveErrors& errors) {
  const ExtraFields extra = parse_extra_fields(bytes, header.path, errors);
  header.zip64 = extra.zip64.has_value();
  // Some readers use a second spelling of the name [4.6.9], others do not know it.
  errors.require(!extra.unicode_path || (extra.unicode_path->size() >= 5 &&
                                         extra.unicode_path->substr(5) == header.path),
                 header.path, "has a second name in an extra field");
  return extra;
}

/// The sizes of a local header. Both are in the 64-bit field, needed or not [4.5.3].
void read_local_sizes(ZipHeader& header, const ExtraFields& extra, const ArchiveErrors& errors) {
  if (!extra.zip64) {
    errors.require(header.size != kSee64Bit32 && header.packed_size != kSee64Bit32, header.path,
                   "lacks its 64-bit sizes");
    return;
  }
  errors.require(extra.zip64->size() == 16, header.path, "has a 64-bit field of wrong length");
  Fields fields(*extra.zip64);
  for (std::uint64_t* value : {&header.size, &header.packed_size}) {
    const std::uint64_t long_form = fields.u64();
    errors.require(*value == kSee64Bit32 || *value == long_form, header.path,
                   "states two different sizes");
    *value = long_form;
  }
}

/// The sizes and the offset of a central header. The 64-bit field has those, in this order, that
/// did not fit into the header [4.5.3]. Some writers repeat those that did fit: that is harmless if
/// none is missing, because then no reader needs them; otherwise the field could be read in two
/// ways.
void read_central_sizes(ZipCentralHeader& header, const ExtraFields& extra,
                        const ArchiveErrors& errors) {
  const std::array<std::uint64_t*, 3> values = {&header.size, &header.packed_size, &header.offset};
  const auto missing = static_cast<std::size_t>(std::ranges::count_if(
      values, [](const std::uint64_t* value) { return *value == kSee64Bit32; }));
  if (!extra.zip64) {
    errors.require(missing == 0, header.path, "lacks its 64-bit sizes");
    return;
  }
  const std::size_t count = extra.zip64->size() / 8;
  errors.require(extra.zip64->size() % 8 == 0 && (missing == 0 ? count <= 3 : count == missing),
                 header.path, "has a 64-bit field of wrong length");
  Fields fields(*extra.zip64);
  std::size_t left = count;
  for (std::uint64_t* value : values) {
    if (left == 0) break;
    if (missing != 0 && *value != kSee64Bit32) continue;
    const std::uint64_t long_form = fields.u64();
    --left;
    errors.require(missing != 0 || *value == long_form, header.path, "states two different sizes");
    *value = long_form;
  }
}

}  // namespace

std::optional<ZipEnd> find_zip_end(std::string_view bytes, const ArchiveErrors& errors) {
  const std::optional<std::size_t> position = find_end_position(bytes);
  if (!position) return std::nullopt;
  Fields fields(bytes.substr(*position + 4));
  const std::uint32_t volume = fields.u16();
  const std::uint32_t directory_volume = fields.u16();
  const std::uint16_t entries_here = fields.u16();
  ZipEnd end = {.entry_count = fields.u16(),
                .directory_size = fields.u32(),
                .directory_offset = fields.u32(),
                .directory_end = *position,
                .zip64_offset = std::nullopt};
  const auto is_first = [](std::uint32_t number) { return number == 0 || number == kSee64Bit16; };
  errors.require(is_first(volume) && is_first(directory_volume) && entries_here == end.entry_count,
                 "it is one of several volumes");
  read_zip64_end(bytes, *position, end, errors);
  errors.require(end.zip64_offset || (volume == 0 && directory_volume == 0),
                 "it is one of several volumes");
  return end;
}

ZipCentralHeader parse_central_header(std::string_view bytes, const ArchiveErrors& errors) {
  errors.require(bytes.size() >= kCentralSize && bytes.starts_with(kCentralSignature),
                 "its central directory is damaged");
  Fields fields(bytes.substr(8));
  ZipCentralHeader header{};
  const auto [name_size, extra_size] = read_shared(fields, header);
  const std::size_t comment_size = fields.u16();
  const std::uint16_t volume = fields.u16();
  fields.skip(2);
  header.attributes = fields.u32();
  header.offset = fields.u32();
  header.length = kCentralSize + name_size + extra_size + comment_size;
  errors.require(bytes.size() >= header.length, "its central directory is cut off");
  header.path = bytes.substr(kCentralSize, name_size);
  const std::string_view comment = bytes.substr(header.length - comment_size, comment_size);
  errors.require(is_text(comment), header.path, "has a comment that is not plain text");
  errors.require(volume == 0, header.path, "is on another volume");

  const ExtraFields extra =
      read_extra_fields(header, bytes.substr(kCentralSize + name_size, extra_size), errors);
  read_central_sizes(header, extra, errors);
  return header;
}

ZipHeader parse_local_header(std::string_view bytes, const ArchiveErrors& errors) {
  errors.require(bytes.size() >= kLocalSize && bytes.starts_with(kLocalSignature),
                 "an entry of its central directory does not exist");
  Fields fields(bytes.substr(6));
  ZipHeader header{};
  const auto [name_size, extra_size] = read_shared(fields, header);
  header.length = kLocalSize + name_size + extra_size;
  errors.require(bytes.size() >= header.length, "the header of an entry is cut off");
  header.path = bytes.substr(kLocalSize, name_size);

  const ExtraFields extra =
      read_extra_fields(header, bytes.substr(kLocalSize + name_size, extra_size), errors);
  read_local_sizes(header, extra, errors);
  return header;
}

bool is_descriptor_of(const ZipHeader& header, std::string_view bytes, bool zip64,
                      bool may_be_bare) {
  const std::size_t bare_size = zip64 ? 20 : 12;
  if (bytes.size() == bare_size + kDescriptorSignature.size()) {
    if (!bytes.starts_with(kDescriptorSignature)) return false;
    bytes.remove_prefix(kDescriptorSignature.size());
  } else if (bytes.size() != bare_size || !may_be_bare || bytes.starts_with(kDescriptorSignature)) {
    return false;
  }
  Fields fields(bytes);
  if (fields.u32() != header.crc32) return false;
  if (zip64) return fields.u64() == header.packed_size && fields.u64() == header.size;
  return fields.u32() == header.packed_size && fields.u32() == header.size;
}

bool contains_descriptor_signature(std::string_view bytes) {
  return bytes.find(kDescriptorSignature) != std::string_view::npos;
}

}  // namespace ensure::wheel
