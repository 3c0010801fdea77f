#include "installer/wheel/zip/zip_writer.h"

#include <libdeflate.h>

#include <cstddef>
#include <utility>

#include "installer/wheel/zip/zip_format.h"

namespace ensure::wheel {
namespace {

constexpr std::uint64_t kLocalSize = 30 + 20;
constexpr std::uint64_t kCentralSize = 46 + 28;

constexpr std::uint64_t kVersionOf64Bit = 45;
constexpr std::uint64_t kFirstDay = 0x21;  ///< 1980-01-01; zero is not a date
constexpr std::uint64_t kSee64Bit = 0xFFFFFFFF;

/// Appends little-endian fields.
class Record {
 public:
  explicit Record(std::string_view signature) : bytes_(signature) {}

  Record& put(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      bytes_ += i < 8 ? static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i))) : '\0';
    }
    return *this;
  }
  Record& put(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

std::uint64_t name_size(const ZipEntry& entry) {
  return entry.path.size() + (entry.is_directory ? 1 : 0);
}

/// The size of the extra field that aligns the data [4.5.1].
std::uint64_t padding_of(const ZipEntry& entry, std::uint64_t offset) {
  constexpr std::uint64_t kFieldHeader = 4;
  if (entry.size < kLargeEntry) return 0;
  const std::uint64_t data = offset + kLocalSize + name_size(entry) + kFieldHeader;
  return kFieldHeader + (kStoredAlignment - data % kStoredAlignment) % kStoredAlignment;
}

/// The fields that both headers share, from the version to the length of the name.
void put_shared(Record& record, const ZipEntry& entry) {
  record.put(kVersionOf64Bit, 2)
      .put(kZipUtf8Name, 2)
      .put(kZipStored, 2)
      .put(kFirstDay << 16U, 4)
      .put(entry.crc32, 4)
      .put(kSee64Bit, 4)
      .put(kSee64Bit, 4)
      .put(name_size(entry), 2);
}

void put_name(Record& record, const ZipEntry& entry) {
  record.put(entry.path).put(entry.is_directory ? "/" : "");
}

/// The type and permission bits of Unix.
std::uint64_t mode_of(const ZipEntry& entry) {
  if (entry.is_directory) return 0040755;
  return entry.executable ? 0100755 : 0100644;
}

}  // namespace

std::string stored_local_header(const ZipEntry& entry, std::uint64_t offset) {
  constexpr std::uint64_t kAlignmentField = 0xD935;  // the one that zipalign uses
  const std::uint64_t padding = padding_of(entry, offset);
  Record record("PK\x03\x04");
  put_shared(record, entry);
  record.put(20 + padding, 2);
  put_name(record, entry);
  record.put(1, 2).put(16, 2).put(entry.size, 8).put(entry.size, 8);
  if (padding > 0) record.put(kAlignmentField, 2).put(padding - 4, 2).put(0, padding - 4);
  return record.take();
}

std::string stored_central_header(const ZipEntry& entry, std::uint64_t offset) {
  constexpr std::uint64_t kMadeOnUnix = 3U << 8U;
  Record record("PK\x01\x02");
  record.put(kMadeOnUnix | kVersionOf64Bit, 2);
  put_shared(record, entry);
  record.put(28, 2).put(0, 2).put(0, 2).put(0, 2).put(mode_of(entry) << 16U, 4).put(kSee64Bit, 4);
  put_name(record, entry);
  record.put(1, 2).put(24, 2).put(entry.size, 8).put(entry.size, 8).put(offset, 8);
  return record.take();
}

std::uint64_t stored_local_size(const ZipEntry& entry, std::uint64_t offset) {
  return kLocalSize + name_size(entry) + padding_of(entry, offset);
}

std::uint64_t stored_central_size(const ZipEntry& entry) { return kCentralSize + name_size(entry); }

std::string stored_end(std::uint64_t entry_count, std::uint64_t directory_offset,
                       std::uint64_t directory_size, std::string_view comment) {
  Record record("PK\x06\x06");
  record.put(44, 8).put(kVersionOf64Bit, 2).put(kVersionOf64Bit, 2).put(0, 8);
  record.put(entry_count, 8).put(entry_count, 8).put(directory_size, 8).put(directory_offset, 8);
  record.put("PK\x06\x07").put(0, 4).put(directory_offset + directory_size, 8).put(1, 4);
  record.put("PK\x05\x06").put(0, 4).put(0xFFFF, 2).put(0xFFFF, 2);
  record.put(kSee64Bit, 4).put(kSee64Bit, 4).put(comment.size(), 2).put(comment);
  return record.take();
}

std::string zip_of_one_file(std::string_view name, std::string_view content) {
  constexpr std::uint64_t kVersion = 10;
  const auto put_common = [&](Record& record) {
    record.put(kVersion, 2).put(0, 2).put(kZipStored, 2).put(kFirstDay << 16U, 4);
    record.put(libdeflate_crc32(0, content.data(), content.size()), 4);
    record.put(content.size(), 4).put(content.size(), 4).put(name.size(), 2).put(0, 2);
  };
  Record local("PK\x03\x04");
  put_common(local);
  Record central("PK\x01\x02");
  central.put(kVersion, 2);
  put_common(central);
  const std::string before = local.put(name).put(content).take();
  const std::string directory = central.put(0, 14).put(name).take();
  Record end("PK\x05\x06");
  end.put(0, 4).put(1, 2).put(1, 2).put(directory.size(), 4).put(before.size(), 4).put(0, 2);
  return before + directory + end.take();
}

}  // namespace ensure::wheel
