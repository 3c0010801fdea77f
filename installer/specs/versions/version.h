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

#include "installer/specs/versions/version_parts.h"

namespace ensure::specs {

/// A version as PEP 440 defines it.
///
/// Kept as one string of bytes that sorts as the version does, so that comparing two is comparing
/// bytes; the usual ones fit into the string itself. Its layout is documented in version.cc.
/// Versions that differ in trailing zeros or in spelling alone are equal.
class Version {
 public:
  /// Reads any spelling that PEP 440 allows. Throws `base::ParseError`.
  static Version parse(std::string_view text);
  static std::optional<Version> try_parse(std::string_view text);
  /// `parts.release` has to hold a number at least.
  static Version of(const VersionParts& parts);

  /// The normal spelling; it keeps trailing zeros.
  [[nodiscard]] std::string to_string() const;
  [[nodiscard]] VersionParts parts() const;

  /// The numbers of the release segment, at least one; what exceeds 64 bits is the largest number.
  [[nodiscard]] std::vector<std::uint64_t> release() const;
  /// Alpha, beta, candidate, or a development release of anything.
  [[nodiscard]] bool is_prerelease() const;
  [[nodiscard]] bool is_postrelease() const;
  [[nodiscard]] bool has_local() const;

  /// Without the local version: "1.0a1" of "1.0a1+ubuntu.1".
  [[nodiscard]] Version public_version() const;
  /// Epoch and release alone: "1!1.0" of "1!1.0a1.post2".
  [[nodiscard]] Version base_version() const;

  /// The bytes that sort as versions do; for `VersionSet` and for hashing.
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The version that a key belongs to, its release without trailing zeros; nothing where the
  /// bytes are no key.
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
  std::size_t trailing_zeros_;  ///< of the release: not in the key, as they do not count
};

}  // namespace ensure::specs

template <>
struct std::hash<ensure::specs::Version> {
  std::size_t operator()(const ensure::specs::Version& version) const noexcept {
    return std::hash<std::string>{}(version.key());
  }
};
