#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::specs {

/// A number in a version. PEP 440 sets no limit, so wide ones are kept by their digits.
struct VersionNumber {
  std::uint64_t value = 0;  ///< the largest 64-bit number where `wide` is used
  std::string wide;         ///< the digits of a number above 64 bits; empty otherwise

  /// `digits` may have leading zeros; empty counts as 0.
  static VersionNumber of(std::string_view digits);

  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] VersionNumber next() const;
  /// Of a number above 0.
  [[nodiscard]] VersionNumber previous() const;
  [[nodiscard]] bool is_zero() const { return value == 0; }

  friend bool operator==(const VersionNumber&, const VersionNumber&) = default;
  friend bool operator<(const VersionNumber& left, const VersionNumber& right);
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

  /// Reads any spelling that PEP 440 allows; nothing where `text` is not a version.
  static std::optional<VersionParts> try_parse(std::string_view text);

  /// The normal spelling.
  [[nodiscard]] std::string to_string() const;
};

}  // namespace ensure::specs
