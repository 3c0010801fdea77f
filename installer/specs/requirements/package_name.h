#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::specs {

/// The name of a project or of an extra: ASCII letters, digits, `-`, `_` and `.`, with a letter or
/// digit at both ends (PEP 508, "Names"). Two names are equal if their normal forms are.
class PackageName {
 public:
  /// Throws `base::ParseError`.
  static PackageName parse(std::string_view text);
  static std::optional<PackageName> try_parse(std::string_view text);

  /// The normal form of PEP 503: lower case, runs of `-`, `_` and `.` as one `-`.
  [[nodiscard]] const std::string& normalized() const { return normalized_; }
  [[nodiscard]] const std::string& as_written() const { return as_written_; }

  friend bool operator==(const PackageName& left, const PackageName& right) {
    return left.normalized_ == right.normalized_;
  }
  friend std::strong_ordering operator<=>(const PackageName& left, const PackageName& right) {
    return left.normalized_ <=> right.normalized_;
  }

 private:
  explicit PackageName(std::string_view text);

  std::string as_written_;
  std::string normalized_;
};

/// The normal form of PEP 503 of any text, whether it is a valid name or not.
[[nodiscard]] std::string normalize_name(std::string_view text);

}  // namespace ensure::specs
