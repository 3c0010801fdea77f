#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::base {

/// The algorithms that `hashlib` guarantees and the packaging standards allow for new files.
enum class DigestAlgorithm { kSha256, kSha384, kSha512 };

/// The algorithm of a name as RECORD and index pages spell it ("sha256"); none where unknown.
[[nodiscard]] std::optional<DigestAlgorithm> digest_algorithm(std::string_view name);

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

[[nodiscard]] std::string to_hex(std::string_view bytes);

/// URL-safe base 64 without padding, as RECORD writes digests (PEP 376, PEP 427).
[[nodiscard]] std::string to_base64url(std::string_view bytes);

}  // namespace ensure::base
