#pragma once

#include <compare>
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
/// and sorted. Nothing where `text` is none, or where it stands for more than 4096 tags.
[[nodiscard]] std::optional<std::vector<Tag>> try_parse_tags(std::string_view text);

}  // namespace ensure::specs
