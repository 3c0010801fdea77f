// The functions for one algorithm each are "deprecated" in OpenSSL 3 in favour of ones that first
// load its providers and configuration: half a millisecond, which is a tenth of a whole run.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "installer/base/digest.h"

#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <variant>

#include "installer/base/error.h"

namespace ensure::base {

namespace {

struct Algorithm {
  DigestAlgorithm algorithm;
  std::string_view name;
  std::size_t size;
  bool is_strong;
};

/// The entry of an algorithm is at its number.
constexpr std::array kAlgorithms{
    Algorithm{DigestAlgorithm::kSha256, "sha256", 32, true},
    Algorithm{DigestAlgorithm::kSha384, "sha384", 48, true},
    Algorithm{DigestAlgorithm::kSha512, "sha512", 64, true},
    Algorithm{DigestAlgorithm::kMd5, "md5", 16, false},
    Algorithm{DigestAlgorithm::kSha1, "sha1", 20, false},
    Algorithm{DigestAlgorithm::kSha224, "sha224", 28, false},
    Algorithm{DigestAlgorithm::kSha3With224, "sha3_224", 28, false},
    Algorithm{DigestAlgorithm::kSha3With256, "sha3_256", 32, true},
    Algorithm{DigestAlgorithm::kSha3With384, "sha3_384", 48, true},
    Algorithm{DigestAlgorithm::kSha3With512, "sha3_512", 64, true},
    Algorithm{DigestAlgorithm::kBlake2b, "blake2b", 64, true},
    Algorithm{DigestAlgorithm::kBlake2s, "blake2s", 32, true},
};

const Algorithm& entry_of(DigestAlgorithm algorithm) {
  return kAlgorithms.at(static_cast<std::size_t>(algorithm));
}

void require(int ok) {
  if (ok != 1) throw Error(ExitCode::kFailure, "the digest could not be computed by OpenSSL");
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using EvpContext = std::unique_ptr<EVP_MD_CTX, FreeContext>;

/// SHA-224 and SHA-384 share the contexts of SHA-256 and SHA-512.
using Context = std::variant<SHA256_CTX, SHA512_CTX, MD5_CTX, SHA_CTX, EvpContext>;

/// The rare algorithms, which OpenSSL offers only through its EVP interface.
const EVP_MD* evp_of(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::kSha3With224:
      return EVP_sha3_224();
    case DigestAlgorithm::kSha3With256:
      return EVP_sha3_256();
    case DigestAlgorithm::kSha3With384:
      return EVP_sha3_384();
    case DigestAlgorithm::kSha3With512:
      return EVP_sha3_512();
    case DigestAlgorithm::kBlake2b:
      return EVP_blake2b512();
    case DigestAlgorithm::kBlake2s:
      return EVP_blake2s256();
    default:
      return nullptr;
  }
}

}  // namespace

struct Hasher::State {
  DigestAlgorithm algorithm;
  Context context;
};

std::optional<DigestAlgorithm> digest_algorithm(std::string_view name) {
  const auto* const found = std::ranges::find(kAlgorithms, name, &Algorithm::name);
  return found == kAlgorithms.end() ? std::nullopt : std::optional(found->algorithm);
}

std::optional<DigestAlgorithm> record_digest_algorithm(std::string_view name) {
  const std::optional<DigestAlgorithm> algorithm = digest_algorithm(name);
  const bool is_allowed = algorithm && *algorithm <= DigestAlgorithm::kSha512;
  return is_allowed ? algorithm : std::nullopt;
}

std::string_view name_of(DigestAlgorithm algorithm) { return entry_of(algorithm).name; }

std::optional<DigestAlgorithm> digest_algorithm_numbered(unsigned int number) {
  if (number >= kAlgorithms.size()) return std::nullopt;
  return kAlgorithms.at(number).algorithm;
}

std::size_t digest_size(DigestAlgorithm algorithm) { return entry_of(algorithm).size; }

bool is_strong(DigestAlgorithm algorithm) { return entry_of(algorithm).is_strong; }

namespace {

int begin(DigestAlgorithm algorithm, Context& context) {
  switch (algorithm) {
    case DigestAlgorithm::kSha256:
      return SHA256_Init(&context.emplace<SHA256_CTX>());
    case DigestAlgorithm::kSha224:
      return SHA224_Init(&context.emplace<SHA256_CTX>());
    case DigestAlgorithm::kSha384:
      return SHA384_Init(&context.emplace<SHA512_CTX>());
    case DigestAlgorithm::kSha512:
      return SHA512_Init(&context.emplace<SHA512_CTX>());
    case DigestAlgorithm::kMd5:
      return MD5_Init(&context.emplace<MD5_CTX>());
    case DigestAlgorithm::kSha1:
      return SHA1_Init(&context.emplace<SHA_CTX>());
    default:
      break;
  }
  EVP_MD_CTX* const evp = context.emplace<EvpContext>(EVP_MD_CTX_new()).get();
  return evp == nullptr ? 0 : EVP_DigestInit_ex(evp, evp_of(algorithm), nullptr);
}

}  // namespace

Hasher::Hasher(DigestAlgorithm algorithm)
    : state_(std::make_unique<State>(State{algorithm, SHA256_CTX{}})) {
  require(begin(algorithm, state_->context));
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  struct Update {
    std::string_view bytes;
    int operator()(SHA256_CTX& context) const {
      return SHA256_Update(&context, bytes.data(), bytes.size());
    }
    int operator()(SHA512_CTX& context) const {
      return SHA512_Update(&context, bytes.data(), bytes.size());
    }
    int operator()(MD5_CTX& context) const {
      return MD5_Update(&context, bytes.data(), bytes.size());
    }
    int operator()(SHA_CTX& context) const {
      return SHA1_Update(&context, bytes.data(), bytes.size());
    }
    int operator()(EvpContext& context) const {
      return EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
    }
  };
  require(std::visit(Update{bytes}, state_->context));
}

std::string Hasher::finish() {
  std::array<unsigned char, SHA512_DIGEST_LENGTH> value{};
  struct Final {
    unsigned char* value;
    int operator()(SHA256_CTX& context) const { return SHA256_Final(value, &context); }
    int operator()(SHA512_CTX& context) const { return SHA512_Final(value, &context); }
    int operator()(MD5_CTX& context) const { return MD5_Final(value, &context); }
    int operator()(SHA_CTX& context) const { return SHA1_Final(value, &context); }
    int operator()(EvpContext& context) const {
      return EVP_DigestFinal_ex(context.get(), value, nullptr);
    }
  };
  require(std::visit(Final{value.data()}, state_->context));
  const auto size = static_cast<std::ptrdiff_t>(digest_size(state_->algorithm));
  return {value.begin(), value.begin() + size};
}

std::string sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  constexpr std::size_t kBlock = 64;
  std::string padded(key.size() > kBlock ? sha256(key) : std::string(key));
  padded.resize(kBlock, '\0');
  const auto masked = [&padded](unsigned char mask) {
    std::string block = padded;
    for (char& byte : block) byte = static_cast<char>(static_cast<unsigned char>(byte) ^ mask);
    return block;
  };
  return sha256(masked(0x5C) + sha256(masked(0x36) + std::string(message)));
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

std::uint64_t checksum(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

LongChecksum long_checksum(std::string_view bytes) {
  XXH128_canonical_t written;
  XXH128_canonicalFromHash(&written, XXH3_128bits(bytes.data(), bytes.size()));
  LongChecksum sum;
  static_assert(sizeof(written.digest) == sizeof(sum));
  std::memcpy(sum.data(), written.digest, sum.size());
  return sum;
}

}  // namespace ensure::base
