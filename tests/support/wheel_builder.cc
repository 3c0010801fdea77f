#include "tests/support/wheel_builder.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/text.h"

namespace ensure::testing {
namespace {

constexpr std::uint16_t kDescriptorFlag = 1U << 3U;
constexpr std::uint16_t kUtf8Flag = 1U << 11U;
constexpr std::string_view kDescriptorSignature = "PK\x07\x08";

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char letter) { return static_cast<unsigned char>(letter) < 0x80; });
}

/// What local and central headers share, from the version on to the length of the extra fields.
std::string shared_fields(const ZipFields& fields) {
  return little_endian(fields.needed, 2) + little_endian(fields.flags, 2) +
         little_endian(fields.method, 2) + little_endian(fields.time, 4) +
         little_endian(fields.crc32, 4) + little_endian(fields.packed_size, 4) +
         little_endian(fields.size, 4) + little_endian(fields.path.size(), 2) +
         little_endian(fields.extra.size(), 2);
}

std::string local_header(const ZipFields& fields) {
  return "PK\x03\x04" + shared_fields(fields) + fields.path + fields.extra;
}

std::string central_header(const ZipFields& fields) {
  return "PK\x01\x02" + little_endian(fields.made_by, 2) + shared_fields(fields) +
         little_endian(fields.comment.size(), 2) + little_endian(fields.volume, 2) +
         little_endian(0, 2) + little_endian(fields.attributes, 4) +
         little_endian(fields.offset, 4) + fields.path + fields.extra + fields.comment;
}

bool has_64_bits(ZipMember::Descriptor descriptor) {
  return descriptor == ZipMember::Descriptor::kSigned64 ||
         descriptor == ZipMember::Descriptor::kBare64;
}

std::string descriptor_of(const ZipFields& central, ZipMember::Descriptor descriptor) {
  if (descriptor == ZipMember::Descriptor::kNone) return {};
  const bool bare =
      descriptor == ZipMember::Descriptor::kBare || descriptor == ZipMember::Descriptor::kBare64;
  const std::size_t width = has_64_bits(descriptor) ? 8 : 4;
  std::string bytes(bare ? "" : kDescriptorSignature);
  bytes += little_endian(central.crc32, 4);
  bytes += little_endian(central.packed_size, width);
  bytes += little_endian(central.size, width);
  return bytes;
}

/// Appends a member to `archive` and gives back its central header.
ZipFields write_member(const ZipMember& member, std::size_t base, std::string& archive) {
  archive += member.gap_before;
  const std::string packed =
      member.packed.value_or(member.deflated ? deflate(member.content) : member.content);
  ZipFields central;
  central.flags = is_ascii(member.path) ? 0 : kUtf8Flag;
  central.method = member.deflated ? Z_DEFLATED : 0;
  central.crc32 = crc32_of(member.content);
  central.packed_size = static_cast<std::uint32_t>(packed.size());
  central.size = static_cast<std::uint32_t>(member.content.size());
  central.path = member.path;
  central.attributes = member.mode << 16U;
  central.offset = static_cast<std::uint32_t>(archive.size() - base);
  if (member.descriptor != ZipMember::Descriptor::kNone) central.flags |= kDescriptorFlag;

  ZipFields local = central;
  if (member.descriptor != ZipMember::Descriptor::kNone) {
    local.crc32 = local.packed_size = local.size = 0;
  }
  if (has_64_bits(member.descriptor)) {
    local.packed_size = local.size = 0xFFFFFFFF;
    local.extra = extra_field(0x0001, std::string(16, '\0'));
  }
  const std::string descriptor = descriptor_of(central, member.descriptor);
  if (member.lie) member.lie(local, central);
  archive += local_header(local);
  archive += packed;
  archive += descriptor;
  archive += member.gap_after;
  return central;
}

std::string zip64_end(const Zip64EndFields& fields) {
  return "PK\x06\x06" + little_endian(fields.record_size, 8) + little_endian(45, 2) +
         little_endian(45, 2) + little_endian(0, 8) + little_endian(fields.entries_here, 8) +
         little_endian(fields.entries, 8) + little_endian(fields.directory_size, 8) +
         little_endian(fields.directory_offset, 8) + fields.extensible + "PK\x06\x07" +
         little_endian(0, 4) + little_endian(fields.record_offset, 8) +
         little_endian(fields.volumes, 4);
}

std::string end_record(const ZipEndFields& fields) {
  return "PK\x05\x06" + little_endian(fields.volume, 2) +
         little_endian(fields.directory_volume, 2) + little_endian(fields.entries_here, 2) +
         little_endian(fields.entries, 2) + little_endian(fields.directory_size, 4) +
         little_endian(fields.directory_offset, 4) +
         little_endian(fields.comment_size.value_or(fields.comment.size()), 2) + fields.comment;
}

}  // namespace

std::string little_endian(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  return bytes;
}

std::string extra_field(std::uint16_t id, std::string_view value) {
  return little_endian(id, 2) + little_endian(value.size(), 2) + std::string(value);
}

std::string deflate(std::string_view bytes) {
  z_stream stream{};
  constexpr int kRaw = -15;
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kRaw, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflateInit2 failed");
  }
  std::string input(bytes);
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("deflate failed");
  return packed;
}

std::uint32_t crc32_of(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::string ZipImage::write() const {
  std::string archive = prefix;
  const std::size_t base = prefix_counted ? 0 : prefix.size();
  std::vector<std::string> headers;
  for (const ZipMember& member : members) {
    const ZipFields central = write_member(member, base, archive);
    if (member.in_directory) headers.push_back(central_header(central));
  }
  if (directory_reversed) std::ranges::reverse(headers);

  archive += before_directory;
  const std::size_t directory = archive.size();
  for (const std::string& header : headers) archive += header;
  ZipEndFields end;
  end.entries_here = end.entries = static_cast<std::uint16_t>(headers.size());
  end.directory_size = static_cast<std::uint32_t>(archive.size() - directory);
  end.directory_offset = static_cast<std::uint32_t>(directory - base);
  archive += after_directory;
  if (zip64_end) {
    Zip64EndFields end64;
    end64.entries_here = end64.entries = headers.size();
    end64.directory_size = end.directory_size;
    end64.directory_offset = end.directory_offset;
    end64.record_offset = archive.size() - base;
    end.entries_here = end.entries = 0xFFFF;
    end.directory_size = end.directory_offset = 0xFFFFFFFF;
    if (lie64) lie64(end64);
    archive += testing::zip64_end(end64);
  }
  if (lie) lie(end);
  return archive + end_record(end) + suffix;
}

WheelBuilder::WheelBuilder(std::string_view name, std::string_view version) {
  std::string stem(name);
  stem += '-';
  stem += version;
  filename = stem + "-py3-none-any.whl";
  dist_info = stem + ".dist-info";
  add("demo/__init__.py", "answer = 42\n");
  add("demo/data/table.csv", "a,b\n1,2\n");
  add(dist_info + "/METADATA", "Metadata-Version: 2.1\nName: " + std::string(name) +
                                   "\nVersion: " + std::string(version) + "\n\nA demonstration.\n");
  add(dist_info + "/WHEEL",
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
}

ZipMember& WheelBuilder::add(std::string path, std::string content) {
  remove(path);
  ZipMember& member = zip.members.emplace_back();
  member.path = std::move(path);
  member.content = std::move(content);
  if (member.path.ends_with('/')) {
    member.deflated = false;
    member.mode = 0040755;
  }
  return member;
}

ZipMember& WheelBuilder::at(std::string_view path) {
  for (ZipMember& member : zip.members) {
    if (member.path == path) return member;
  }
  throw std::logic_error("no such member: " + std::string(path));
}

void WheelBuilder::remove(std::string_view path) {
  std::erase_if(zip.members, [path](const ZipMember& member) { return member.path == path; });
}

void WheelBuilder::rename_dist_info(const std::string& directory) {
  for (ZipMember& member : zip.members) {
    if (member.path.starts_with(dist_info + '/')) {
      member.path = directory + member.path.substr(dist_info.size());
    }
  }
  dist_info = directory;
}

std::string WheelBuilder::record_row(const std::string& path, std::string_view content) {
  const bool quoted = path.find_first_of(",\"") != std::string::npos;
  const std::string field = quoted ? '"' + base::replace_all(path, "\"", "\"\"") + '"' : path;
  return field + ",sha256=" + base::to_base64url(base::sha256(content)) + ',' +
         std::to_string(content.size()) + '\n';
}

std::string WheelBuilder::record() const {
  std::string text;
  for (const ZipMember& member : zip.members) {
    if (member.path.ends_with('/') || unlisted.contains(member.path)) continue;
    text += record_row(member.path, member.content);
  }
  text += dist_info + "/RECORD,,\n";
  if (edit_record) edit_record(text);
  return text;
}

std::string WheelBuilder::build() const {
  ZipImage image = zip;
  const std::string text = record();
  const std::string path = dist_info + "/RECORD";
  const auto written = [&path](const ZipMember& member) { return member.path == path; };
  if (!text.empty() && std::ranges::none_of(image.members, written)) {
    image.members.push_back({.path = path, .content = text});
  }
  return image.write();
}

}  // namespace ensure::testing
