#include "installer/sdist/tar_header.h"

#include <algorithm>

namespace ensure::sdist {
namespace {

struct Field {
  std::size_t offset;
  std::size_t size;
};

constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kSize{124, 12};
constexpr Field kModified{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kTarget{157, 100};
constexpr Field kMagic{257, 6};
constexpr Field kPrefix{345, 155};

std::string_view at(std::string_view block, const Field& field) {
  return block.substr(field.offset, field.size);
}

std::string text_of(std::string_view field) {
  return std::string(field.substr(0, std::min(field.find('\0'), field.size())));
}

/// Octal digits between blanks, or with the highest bit set a binary number (GNU); none where the
/// field is neither, or negative.
std::optional<std::uint64_t> number_of(std::string_view field) {
  std::uint64_t number = 0;
  const auto first = static_cast<std::uint8_t>(field.front());
  if (first == 0x80) {
    for (const char byte : field.substr(1)) {
      if (number >> 55U != 0) return std::nullopt;
      number = number << 8U | static_cast<std::uint8_t>(byte);
    }
    return number;
  }
  const std::size_t begin = std::min(field.find_first_not_of(' '), field.size());
  const std::size_t end =
      std::min(field.find_first_of(std::string_view(" \0", 2), begin), field.size());
  for (const char digit : field.substr(begin, end - begin)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    number = number * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return number;
}

/// The sum of all bytes, with blanks in the place of the sum itself.
std::uint64_t sum_of(std::string_view block) {
  std::uint64_t sum = 0;
  for (const char byte : block) sum += static_cast<std::uint8_t>(byte);
  for (const char byte : at(block, kChecksum)) sum -= static_cast<std::uint8_t>(byte);
  return sum + kChecksum.size * ' ';
}

std::uint64_t required(std::string_view block, const Field& field,
                       const wheel::ArchiveErrors& refusal) {
  const std::optional<std::uint64_t> number = number_of(at(block, field));
  refusal.require(number.has_value(), "a header of it has a number that is none");
  return *number;
}

}  // namespace

std::optional<TarHeader> parse_tar_header(std::string_view block,
                                          const wheel::ArchiveErrors& refusal) {
  if (std::ranges::all_of(block, [](char byte) { return byte == '\0'; })) return std::nullopt;
  refusal.require(number_of(at(block, kChecksum)) == sum_of(block),
                  "it is no tar archive, or damaged: a header has another checksum");
  TarHeader header{.path = text_of(at(block, kName)),
                   .target = text_of(at(block, kTarget)),
                   .type = block[kType],
                   .size = required(block, kSize, refusal),
                   .mode = required(block, kMode, refusal),
                   .modified = 0};
  header.modified = static_cast<std::int64_t>(number_of(at(block, kModified)).value_or(0));
  // GNU's form has other things in the place of the prefix.
  if (at(block, kMagic) == std::string_view("ustar\0", 6)) {
    const std::string prefix = text_of(at(block, kPrefix));
    if (!prefix.empty()) header.path = prefix + '/' + header.path;
  }
  return header;
}

}  // namespace ensure::sdist
