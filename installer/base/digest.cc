// The functions for SHA-256 alone are "deprecated" in OpenSSL 3 in favour of ones that first load
// its providers and configuration: half a millisecond, which is a tenth of a whole run.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "installer/base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <variant>

#include "installer/base/error.h"

namespace ensure::base {

namespace {

struct Algorithm {
  DigestAlgorithm algorithm;
  std::string_view name;
  std::size_t size;
  bool is_strong;
  const EVP_MD* (*evp)();
};

/// The entry of an algorithm is at its number.
constexpr std::array kAlgorithms{
    Algorithm{DigestAlgorithm::kSha256, "sha256", 32, true, EVP_sha256},
    Algorithm{DigestAlgorithm::kSha384, "sha384", 48, true, EVP_sha384},
    Algorithm{DigestAlgorithm::kSha512, "sha512", 64, true, EVP_sha512},
    Algorithm{DigestAlgorithm::kMd5, "md5", 16, false, EVP_md5},
    Algorithm{DigestAlgorithm::kSha1, "sha1", 20, false, EVP_sha1},
    Algorithm{DigestAlgorithm::kSha224, "sha224", 28, false, EVP_sha224},
    Algorithm{DigestAlgorithm::kSha3With224, "sha3_224", 28, false, EVP_sha3_224},
    Algorithm{DigestAlgorithm::kSha3With256, "sha3_256", 32, true, EVP_sha3_256},
    Algorithm{DigestAlgorithm::kSha3With384, "sha3_384", 48, true, EVP_sha3_384},
    Algorithm{DigestAlgorithm::kSha3With512, "sha3_512", 64, true, EVP_sha3_512},
    Algorithm{DigestAlgorithm::kBlake2b, "blake2b", 64, true, EVP_blake2b512},
    Algorithm{DigestAlgorithm::kBlake2s, "blake2s", 32, true, EVP_blake2s256},
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

}  // namespace

struct Hasher::State {
  std::size_t size;
  std::variant<SHA256_CTX, EvpContext> context;
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

Hasher::Hasher(DigestAlgorithm algorithm)
    : state_(std::make_unique<State>(State{digest_size(algorithm), SHA256_CTX{}})) {
  if (algorithm == DigestAlgorithm::kSha256) {
    require(SHA256_Init(&std::get<SHA256_CTX>(state_->context)));
    return;
  }
  EVP_MD_CTX* const evp = state_->context.emplace<EvpContext>(EVP_MD_CTX_new()).get();
  require(evp == nullptr ? 0 : EVP_DigestInit_ex(evp, entry_of(algorithm).evp(), nullptr));
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  if (auto* const sha256 = std::get_if<SHA256_CTX>(&state_->context)) {
    return require(SHA256_Update(sha256, bytes.data(), bytes.size()));
  }
  const EvpContext& evp = std::get<EvpContext>(state_->context);
  require(EVP_DigestUpdate(evp.get(), bytes.data(), bytes.size()));
}

std::string Hasher::finish() {
  std::string value(EVP_MAX_MD_SIZE, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(value.data());
  if (auto* const sha256 = std::get_if<SHA256_CTX>(&state_->context)) {
    require(SHA256_Final(bytes, sha256));
  } else {
    require(EVP_DigestFinal_ex(std::get<EvpContext>(state_->context).get(), bytes, nullptr));
  }
  value.resize(state_->size);
  return value;
}

std::string sha256(std::string_view bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::string value(SHA256_DIGEST_LENGTH, '\0');
  const auto* const done =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(value.data()), nullptr);
  require(done == nullptr ? 0 : 1);
  return value;
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
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.resize(std::min(text.find('='), text.size()));
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
