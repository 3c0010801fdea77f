#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Writes tar archives for tests: sound ones, and ones in which any field lies. Nothing here is
/// shared with the code that reads them.
namespace ensure::testing {

// NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out

/// One header with its data.
struct TarMember {
  std::string path{};
  std::string content{};
  char type = '0';
  std::string target{};
  unsigned mode = 0644;
  std::uint64_t modified = 1'600'000'000;
  std::string magic = std::string(
      "ustar\0"
      "00",
      8);
  std::string prefix{};
  std::string size{};  ///< the field as it is to be written, or that of the content
  bool right_checksum = true;
};

// NOLINTEND(readability-redundant-member-init)

/// The record of an extended header: "LENGTH KEY=VALUE\n".
[[nodiscard]] std::string pax_record(const std::string& key, const std::string& value);

[[nodiscard]] std::string tar_member(const TarMember& member);

/// The members and two blocks of zeros.
[[nodiscard]] std::string tar(const std::vector<TarMember>& members);

[[nodiscard]] std::string gzip(std::string_view bytes);

/// Compressed by libarchive's filter of this name: "bzip2", "xz", "zstd".
[[nodiscard]] std::string compressed(std::string_view bytes, const std::string& filter);

}  // namespace ensure::testing
