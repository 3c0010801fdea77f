#include "installer/net/trust/certificate_bundle.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>

namespace ensure::net {

namespace {

/// Reads the headers of DER values, one after the other.
class DerReader {
 public:
  explicit DerReader(std::string_view der)
      : at_(reinterpret_cast<const unsigned char*>(der.data())), end_(at_ + der.size()) {}

  /// Goes behind the header of a value, so that what it holds is read next; false where none is.
  bool enter() { return read_header(false); }
  bool skip() { return read_header(true); }

  [[nodiscard]] bool next_is(unsigned char identifier) const {
    return at_ < end_ && *at_ == identifier;
  }
  [[nodiscard]] const unsigned char* position() const { return at_; }
  [[nodiscard]] long left() const { return end_ - at_; }

 private:
  bool read_header(bool skips_content) {
    long length = 0;
    int tag = 0;
    int kind = 0;
    if (at_ >= end_) return false;
    const int flags = ASN1_get_object(&at_, &length, &tag, &kind, end_ - at_);
    if ((flags & 0x80) != 0 || length > end_ - at_) return false;
    if (skips_content) at_ += length;
    return true;
  }

  const unsigned char* at_;
  const unsigned char* end_;
};

/// RFC 5280, section 4.1: the subject is the fifth field, or the sixth where a version is given.
std::optional<unsigned long> subject_hash_of(std::string_view der) {
  constexpr unsigned char kVersion = 0xA0;
  DerReader reader(der);
  if (!reader.enter() || !reader.enter()) return std::nullopt;
  if (reader.next_is(kVersion) && !reader.skip()) return std::nullopt;
  for (int i = 0; i < 4; ++i) {  // serial number, signature algorithm, issuer, validity
    if (!reader.skip()) return std::nullopt;
  }
  const unsigned char* at = reader.position();
  const std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)> name(
      d2i_X509_NAME(nullptr, &at, reader.left()), X509_NAME_free);
  int succeeded = 0;
  const unsigned long hash =
      name == nullptr ? 0 : X509_NAME_hash_ex(name.get(), nullptr, nullptr, &succeeded);
  ERR_clear_error();
  return succeeded == 1 ? std::optional(hash) : std::nullopt;
}

/// Base64 with line ends in it, into `bytes`, which is reused; empty where it is none.
void decode_base64(std::string_view text, EVP_ENCODE_CTX* context, std::string& bytes) {
  bytes.resize(text.size() + 3);
  auto* const out = reinterpret_cast<unsigned char*>(bytes.data());
  int length = 0;
  int rest = 0;
  EVP_DecodeInit(context);
  const int state =
      EVP_DecodeUpdate(context, out, &length, reinterpret_cast<const unsigned char*>(text.data()),
                       static_cast<int>(text.size()));
  const bool succeeded = state >= 0 && EVP_DecodeFinal(context, out + length, &rest) >= 0;
  bytes.resize(succeeded ? static_cast<std::size_t>(length + rest) : 0);
}

using DecoderContext = std::unique_ptr<EVP_ENCODE_CTX, decltype(&EVP_ENCODE_CTX_free)>;

DecoderContext new_decoder_context() { return {EVP_ENCODE_CTX_new(), EVP_ENCODE_CTX_free}; }

}  // namespace

std::string BundledCertificate::decode() const {
  std::string der;
  decode_base64(base64, new_decoder_context().get(), der);
  return der;
}

std::vector<BundledCertificate> parse_certificate_bundle(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  std::vector<BundledCertificate> certificates;
  const DecoderContext context = new_decoder_context();
  std::string der;
  for (std::size_t begin = pem.find(kBegin); begin != std::string_view::npos;
       begin = pem.find(kBegin, begin)) {
    begin += kBegin.size();
    const std::size_t end = pem.find(kEnd, begin);
    if (end == std::string_view::npos) break;
    const std::string_view base64 = pem.substr(begin, end - begin);
    decode_base64(base64, context.get(), der);
    if (const auto hash = subject_hash_of(der)) {
      certificates.push_back({.subject_hash = *hash, .base64 = base64});
    }
    begin = end;
  }
  return certificates;
}

}  // namespace ensure::net
