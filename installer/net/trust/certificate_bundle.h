#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ensure::net {

/// One certificate of a bundle, not read further than to its subject.
struct BundledCertificate {
  unsigned long subject_hash;  ///< OpenSSL's `X509_NAME_hash_ex` of the subject
  std::string_view base64;     ///< inside the text of the bundle

  /// The certificate in DER.
  [[nodiscard]] std::string decode() const;
};

/// The certificates in a PEM text, which they refer to; blocks that hold none are skipped.
///
/// To read a certificate whole takes OpenSSL 3 more than 0.1 ms, so a system's bundle of 140 takes
/// 16 ms. This takes 1 ms, and a handshake needs one or two of them.
[[nodiscard]] std::vector<BundledCertificate> parse_certificate_bundle(std::string_view pem);

}  // namespace ensure::net
