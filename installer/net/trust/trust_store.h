#pragma once

#include <memory>
#include <string>

#include "installer/base/path.h"
#include "installer/net/settings.h"

struct x509_store_st;  // OpenSSL's X509_STORE

namespace ensure::net {

/// The certificates that a server's certificate has to lead to, shared by all connections.
///
/// OpenSSL 3 takes 0.1 ms to read a certificate, so a system's bundle of 140 takes 16 ms. Of a
/// hashed directory it reads the one or two that a handshake needs. Therefore the bundle of a
/// system that has both is read only when a certificate was not found.
class TrustStore {
 public:
  /// Throws `base::Error` (usage) if a required file cannot be read or contains no certificate.
  explicit TrustStore(const Trust& trust);

  /// Makes a connection that is being set up, an OpenSSL `SSL_CTX*`, use this store.
  void apply_to(void* ssl_context) const;

  /// Reads the bundle that the constructor has left out, which may contain certificates that were
  /// added to it by hand. Returns whether there was one.
  bool read_bundle();

  /// For messages: "`/etc/ssl/certs`, `my.pem`", or that there are none.
  [[nodiscard]] const std::string& description() const { return description_; }

 private:
  bool add_pem(const std::string& text);
  void add(const base::Path& path, bool is_required);
  void note(const std::string& name);

  std::shared_ptr<x509_store_st> store_;
  std::string description_;
  base::Path bundle_;  ///< not read so far; empty if there is none
};

/// Requires that a PEM file contains a certificate and its key without encryption, because a run
/// never asks for a passphrase. Throws `base::Error` (usage).
void check_client_certificate(const base::Path& path);

}  // namespace ensure::net
