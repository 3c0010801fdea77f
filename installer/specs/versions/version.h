#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensure::specs {

/// A number in a version. PEP 440 sets no limit, so it is stored as its digits.
struct VersionNumber {
  std::string digits;  ///< without leading zeros; empty for 0

  /// `text` may have leading zeros; an empty text stands for 0.
  static VersionNumber of(std::string_view text);

  [[nodiscard]] std::string to_string() const { return digits.empty() ? "0" : digits; }
  [[nodiscard]] bool is_zero() const { return digits.empty(); }
  [[nodiscard]] VersionNumber next() const;
  /// The number must not be 0.
  [[nodiscard]] VersionNumber previous() const;

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

/// A version as PEP 440 defines it.
///
/// It is stored as a string of bytes that sorts as the version does, so that comparing versions is
/// comparing bytes; short ones need no allocation. The layout is documented in version.cc. Versions
/// that differ only in trailing zeros or in spelling are equal.
class Version {
 public:
  /// Reads any spelling that PEP 440 allows. Throws `base::ParseError`.
  static Version parse(std::string_view text);
  static std::optional<Version> try_parse(std::string_view text);
  /// `parts.release` must not be empty.
  static Version of(const VersionParts& parts);

  /// The normal spelling; it keeps trailing zeros.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] VersionParts parts() const;

  /// Whether this is an alpha, beta or candidate, or a development release.
  [[nodiscard]] bool is_prerelease() const;

  /// The bytes that sort as versions do; for `VersionSet` and for hashing.
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The version of a key, with a release without trailing zeros. Returns nullopt if the bytes are
  /// not a key.
  static std::optional<Version> from_key(std::string_view key);

  friend bool operator==(const Version& left, const Version& right) {
    return left.key_ == right.key_;
  }
  friend std::strong_ordering operator<=>(const Version& left, const Version& right) {
    return left.key_ <=> right.key_;
  }

 private:
  Version(std::string key, std::size_t trailing_zeros)
      : key_(std::move(key)), trailing_zeros_(trailing_zeros) {}

  std::string key_;
  std::size_t trailing_zeros_;  ///< of the release: they do not count, so the key has none
};

}  // namespace ensure::specs

template <>
struct std::hash<ensure::specs::Version> {
  std::size_t operator()(const ensure::specs::Version& version) const noexcept {
    return std::hash<std::string>{}(version.key());
  }
};
