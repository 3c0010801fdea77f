#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::base {

/// The algorithms that `hashlib` guarantees, apart from those whose digests have no fixed length.
/// Cached index pages contain these numbers, so they must not change.
enum class DigestAlgorithm : std::uint8_t {
  kSha256,
  kSha384,
  kSha512,
  kMd5,
  kSha1,
  kSha224,
  kSha3With224,
  kSha3With256,
  kSha3With384,
  kSha3With512,
  kBlake2b,
  kBlake2s,
};

/// The algorithm with a name of index pages, locks and URLs ("sha256"); nullopt if it is unknown.
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm(std::string_view name);
/// Like `digest_algorithm`, for RECORD, which allows only "sha256 or better" (PEP 427).
[[nodiscard]] std::optional<DigestAlgorithm> record_digest_algorithm(std::string_view name);

[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);

/// The algorithm with this number; nullopt if no algorithm has it.
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm_numbered(unsigned int number);

/// The length of a raw digest in bytes.
[[nodiscard]] std::size_t digest_size(DigestAlgorithm algorithm);

/// Whether no attacker can create two files with one digest. False for MD5 and SHA-1, and for
/// SHA-224, which the packaging standards do not recommend.
[[nodiscard]] bool is_strong(DigestAlgorithm algorithm);

/// Computes a digest from pieces.
class Hasher {
 public:
  explicit Hasher(DigestAlgorithm algorithm = DigestAlgorithm::kSha256);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::string_view bytes);

  /// The digest as raw bytes; the hasher is spent afterwards.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The SHA-256 of `bytes` as 32 raw bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);

/// The HMAC (RFC 2104) of `message` by SHA-256, as raw bytes. Only with `key` can a guess of the
/// message be checked against it.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);

[[nodiscard]] std::string to_hex(std::string_view bytes);

/// URL-safe base 64 without padding, as RECORD writes digests (PEP 376, PEP 427).
[[nodiscard]] std::string to_base64url(std::string_view bytes);

/// XXH3 of 64 bits: detects damaged bytes at the speed of memory. It does not protect against an
/// attacker, who can write a checksum that fits.
[[nodiscard]] std::uint64_t checksum(std::string_view bytes);

using LongChecksum = std::array<char, 16>;

/// XXH3 of 128 bits, in the byte order of its specification. It detects damage as reliably as
/// SHA-256, in a twentieth of the time.
[[nodiscard]] LongChecksum long_checksum(std::string_view bytes);

}  // namespace ensure::base
