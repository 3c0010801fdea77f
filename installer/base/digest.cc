// The functions for one algorithm each are "deprecated" in OpenSSL 3 in favour of ones that first
// load its providers and configuration: half a millisecond, which is a tenth of a whole run.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "installer/base/digest.h"

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <variant>

#include "installer/base/error.h"

namespace ensure::base {

struct Hasher::State {
  DigestAlgorithm algorithm;
  std::variant<SHA256_CTX, SHA512_CTX> context;  ///< SHA-384 is a SHA-512 that is cut off
};

namespace {

void require(int ok) {
  if (ok != 1) throw Error(ExitCode::kFailure, "the digest could not be computed by OpenSSL");
}

}  // namespace

std::optional<DigestAlgorithm> digest_algorithm(std::string_view name) {
  if (name == "sha256") return DigestAlgorithm::kSha256;
  if (name == "sha384") return DigestAlgorithm::kSha384;
  if (name == "sha512") return DigestAlgorithm::kSha512;
  return std::nullopt;
}

Hasher::Hasher(DigestAlgorithm algorithm)
    : state_(std::make_unique<State>(State{algorithm, SHA256_CTX{}})) {
  switch (algorithm) {
    case DigestAlgorithm::kSha256:
      require(SHA256_Init(&std::get<SHA256_CTX>(state_->context)));
      break;
    case DigestAlgorithm::kSha384:
      require(SHA384_Init(&state_->context.emplace<SHA512_CTX>()));
      break;
    case DigestAlgorithm::kSha512:
      require(SHA512_Init(&state_->context.emplace<SHA512_CTX>()));
      break;
  }
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  if (auto* const context = std::get_if<SHA256_CTX>(&state_->context)) {
    require(SHA256_Update(context, bytes.data(), bytes.size()));
  } else {
    require(SHA512_Update(&std::get<SHA512_CTX>(state_->context), bytes.data(), bytes.size()));
  }
}

std::string Hasher::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> value{};
  std::size_t size = 0;
  switch (state_->algorithm) {
    case DigestAlgorithm::kSha256:
      require(SHA256_Final(value.data(), &std::get<SHA256_CTX>(state_->context)));
      size = SHA256_DIGEST_LENGTH;
      break;
    case DigestAlgorithm::kSha384:
      require(SHA384_Final(value.data(), &std::get<SHA512_CTX>(state_->context)));
      size = SHA384_DIGEST_LENGTH;
      break;
    case DigestAlgorithm::kSha512:
      require(SHA512_Final(value.data(), &std::get<SHA512_CTX>(state_->context)));
      size = SHA512_DIGEST_LENGTH;
      break;
  }
  return {value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::string sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    hex += kDigits[static_cast<std::uint8_t>(byte) >> 4U];
    hex += kDigits[static_cast<std::uint8_t>(byte) & 0xFU];
  }
  return hex;
}

std::string to_base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t buffer = 0;
  unsigned int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<std::uint8_t>(byte);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kDigits[(buffer >> bits) & 0x3FU];
    }
  }
  if (bits > 0) text += kDigits[(buffer << (6 - bits)) & 0x3FU];
  return text;
}

}  // namespace ensure::base
