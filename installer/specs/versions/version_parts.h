#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// A number in a version. PEP 440 sets no limit: wide ones are stored as their digits.
struct VersionNumber {
  std::uint64_t value = 0;  ///< the largest 64-bit number if `wide` is used
  std::string wide;         ///< the digits of a number above 64 bits; empty otherwise

  /// `digits` may have leading zeros; an empty text stands for 0.
  static VersionNumber of(std::string_view digits);

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] VersionNumber next() const;
  /// The number must not be 0.
  [[nodiscard]] VersionNumber previous() const;
  [[nodiscard]] bool is_zero() const { return value == 0; }

  friend bool operator==(const VersionNumber&, const VersionNumber&) = default;
  friend std::strong_ordering operator<=>(const VersionNumber& left, const VersionNumber& right);
};

/// The phase of a pre-release, in ascending order.
enum class PreRelease : std::uint8_t { kNone, kAlpha, kBeta, kCandidate };

/// The parts of a version, each in its normal form (PEP 440, "Version scheme").
struct VersionParts {
  VersionNumber epoch;
  std::vector<VersionNumber> release;  ///< at least one
  PreRelease pre = PreRelease::kNone;
  VersionNumber pre_number;
  std::optional<VersionNumber> post;
  std::optional<VersionNumber> dev;
  std::vector<std::string> local;  ///< lower case, numbers without leading zeros

  /// Reads any spelling that PEP 440 allows. Returns nullopt for any other text.
  static std::optional<VersionParts> try_parse(std::string_view text);

  /// The normal spelling.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace ensure::specs
