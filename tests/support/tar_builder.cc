#include "tests/support/tar_builder.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstdio>
#include <stdexcept>

#include "tests/support/wheel_builder.h"

namespace ensure::testing {

namespace {

constexpr std::size_t kBlock = 512;

std::string octal(std::uint64_t number, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*llo", digits,
                static_cast<unsigned long long>(number));
  return text.data();
}

void put(std::string& block, std::size_t offset, std::string_view text) {
  block.replace(offset, text.size(), text);
}

}  // namespace

std::string pax_record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) ++length;
  return std::to_string(length) + rest;
}

std::string tar_member(const TarMember& member) {
  std::string block(kBlock, '\0');
  put(block, 0, member.path);
  put(block, 100, octal(member.mode, 7));
  put(block, 108, octal(0, 7));
  put(block, 116, octal(0, 7));
  put(block, 124, member.size.empty() ? octal(member.content.size(), 11) : member.size);
  put(block, 136, octal(member.modified, 11));
  put(block, 148, "        ");
  block[156] = member.type;
  put(block, 157, member.target);
  put(block, 257, member.magic);
  put(block, 345, member.prefix);
  std::uint64_t sum = member.right_checksum ? 0 : 1;
  for (const char byte : block) sum += static_cast<std::uint8_t>(byte);
  put(block, 148, octal(sum, 6) + std::string("\0 ", 2));
  block += member.content;
  block.resize((block.size() + kBlock - 1) / kBlock * kBlock);
  return block;
}

std::string tar(const std::vector<TarMember>& members) {
  std::string bytes;
  for (const TarMember& member : members) bytes += tar_member(member);
  return bytes + std::string(2 * kBlock, '\0');
}

std::string gzip(std::string_view bytes) {
  return std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + deflate(bytes) +
         little_endian(crc32_of(bytes), 4) + little_endian(bytes.size() & 0xFFFFFFFFU, 4);
}

std::string compressed(std::string_view bytes, const std::string& filter) {
  std::string result(2 * bytes.size() + 100'000, '\0');
  std::size_t size = 0;
  archive* const writer = archive_write_new();
  archive_entry* const entry = archive_entry_new();
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_write_set_bytes_in_last_block(writer, 1);
  const bool succeeded =
      archive_write_add_filter_by_name(writer, filter.c_str()) == ARCHIVE_OK &&
      archive_write_set_format_raw(writer) == ARCHIVE_OK &&
      archive_write_open_memory(writer, result.data(), result.size(), &size) == ARCHIVE_OK &&
      archive_write_header(writer, entry) == ARCHIVE_OK &&
      archive_write_data(writer, bytes.data(), bytes.size()) ==
          static_cast<la_ssize_t>(bytes.size()) &&
      archive_write_close(writer) == ARCHIVE_OK;
  archive_entry_free(entry);
  archive_write_free(writer);
  if (!succeeded) throw std::runtime_error("libarchive cannot compress with " + filter);
  result.resize(size);
  return result;
}

}  // namespace ensure::testing
