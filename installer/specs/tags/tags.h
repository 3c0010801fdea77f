#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// A compatibility tag (PEP 425) such as `cp312-abi3-manylinux_2_17_x86_64`, in lower case.
struct Tag {
  std::string python;
  std::string abi;
  std::string platform;

  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const Tag&, const Tag&) = default;
  friend auto operator<=>(const Tag&, const Tag&) = default;
};

/// The tags that a compressed tag set such as `py2.py3-none-any` stands for (PEP 425), each once
/// and sorted. Returns nullopt for any other text, and for a set of more than 4096 tags.
[[nodiscard]] std::optional<std::vector<Tag>> try_parse_tags(std::string_view text);

// The platform tags that a system supports, most specific first.

/// For a Linux with glibc 2.`minor` (PEP 600, with the older names of PEP 513, 571 and 599).
/// `architecture` is that of the interpreter: "x86_64", "i686", "aarch64", "armv7l" and so on.
[[nodiscard]] std::vector<std::string> manylinux_platforms(std::uint32_t glibc_minor,
                                                           std::string_view architecture);

/// For a Linux with musl (PEP 656).
[[nodiscard]] std::vector<std::string> musllinux_platforms(std::uint32_t major, std::uint32_t minor,
                                                           std::string_view architecture);

/// For a macOS on "x86_64" or "arm64".
[[nodiscard]] std::vector<std::string> macos_platforms(std::uint32_t major, std::uint32_t minor,
                                                       std::string_view architecture);

/// For any other system, by its `sysconfig.get_platform()`: "win-amd64".
[[nodiscard]] std::vector<std::string> other_platforms(std::string_view platform);

}  // namespace ensure::specs
