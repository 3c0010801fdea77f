#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/specs/versions/version_parts.h"

namespace ensure::specs {

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
