#include "bundled/payload/appended_archive.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "installer/base/error.h"
#include "installer/base/process.h"

namespace ensure::bundled {

namespace {

/// A number of the machine's word size, as the fields of ELF for addresses and sizes are.
using Word = std::size_t;

constexpr bool kWide = sizeof(Word) == 8;

/// The number at `offset`, which must lie inside of the file.
template <typename Number>
std::uint64_t number_at(std::string_view file, std::uint64_t offset) {
  Number number = 0;
  std::memcpy(&number, file.data() + offset, sizeof(Number));
  return number;
}

/// A table of headers, each of which describes an extent of the file.
struct Table {
  std::size_t place_field;  ///< of the file header: where the table is
  std::size_t count_field;  ///< of the file header: how many headers it has
  std::size_t header_size;
  std::size_t offset_field;  ///< of a header in the table
  std::size_t size_field;    ///< likewise
};

constexpr std::size_t kFileHeaderSize = kWide ? 64 : 52;
constexpr Table kSegments = kWide ? Table{32, 56, 56, 8, 32} : Table{28, 44, 32, 4, 16};
constexpr Table kSections = kWide ? Table{40, 60, 64, 24, 32} : Table{32, 48, 40, 16, 20};

/// Whether a section has no bytes in the file.
bool is_without_bytes(std::string_view section) {
  constexpr std::uint64_t kNoBits = 8;
  return number_at<std::uint32_t>(section, 4) == kNoBits;
}

/// The end of a table and of all that it describes.
std::uint64_t end_of(std::string_view file, const Table& table, bool are_sections) {
  const std::uint64_t place = number_at<Word>(file, table.place_field);
  const std::uint64_t count = number_at<std::uint16_t>(file, table.count_field);
  if (place == 0) return 0;
  if (place > file.size() || file.size() - place < count * table.header_size) return file.size();
  std::uint64_t end = place + count * table.header_size;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view header = file.substr(place + i * table.header_size, table.header_size);
    if (are_sections && is_without_bytes(header)) continue;
    end = std::max(end, number_at<Word>(header, table.offset_field) +
                            number_at<Word>(header, table.size_field));
  }
  return end;
}

/// Where the image of an executable ends, so that other bytes can follow it: the end of its last
/// segment, section or table of headers, or of the file if a header lies outside of it. Nullopt if
/// `file` is not an ELF file of this machine's word size.
std::optional<std::uint64_t> image_end(std::string_view file) {
  constexpr char kClass = kWide ? 2 : 1;
  if (file.size() < kFileHeaderSize || !file.starts_with("\177ELF") || file[4] != kClass) {
    return std::nullopt;
  }
  return std::max({std::uint64_t{kFileHeaderSize}, end_of(file, kSegments, false),
                   end_of(file, kSections, true)});
}

}  // namespace

std::optional<AppendedArchive> AppendedArchive::find(const base::Path& executable) {
  base::MappedFile file(executable);
  const std::optional<std::uint64_t> end = image_end(file.bytes());
  if (!end || *end >= file.bytes().size()) return std::nullopt;
  return AppendedArchive(std::move(file), static_cast<std::size_t>(*end));
}

std::optional<AppendedArchive> AppendedArchive::find_in_this_program() {
  for (const base::Path& path : base::program_paths()) {
    if (!base::file_status(path)) continue;
    try {
      return find(path);
    } catch (const base::FileError& error) {
      // A program may be executed by those who may not read it.
      if (error.failure() != base::FileFailure::kDenied) throw;
    }
  }
  return std::nullopt;
}

}  // namespace ensure::bundled
