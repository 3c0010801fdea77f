#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::base {

/// The algorithms that `hashlib` guarantees, apart from those whose digests have no fixed length.
/// The numbers are part of the form in which index pages are cached.
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

/// The algorithm of a name as index pages, locks and URLs spell it ("sha256"); none where unknown.
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm(std::string_view name);
/// The same for RECORD, which allows "sha256 or better" alone (PEP 427).
[[nodiscard]] std::optional<DigestAlgorithm> record_digest_algorithm(std::string_view name);

[[nodiscard]] std::string_view name_of(DigestAlgorithm algorithm);

/// The algorithm with this number; none where no algorithm has it.
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm_numbered(unsigned int number);

/// The length of a raw digest in bytes.
[[nodiscard]] std::size_t digest_size(DigestAlgorithm algorithm);

/// Whether a digest protects against somebody who makes two files with one digest. MD5 and SHA-1 do
/// not, and SHA-224 is not among what the packaging standards recommend.
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

/// The HMAC (RFC 2104) of `message` by SHA-256: nobody without `key` can tell whether a guess of
/// the message is right.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);

[[nodiscard]] std::string to_hex(std::string_view bytes);

/// URL-safe base 64 without padding, as RECORD writes digests (PEP 376, PEP 427).
[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace ensure::base
