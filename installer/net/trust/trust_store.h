#pragma once

#include <memory>
#include <string>

#include "installer/base/path.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// The certificates that a server's has to lead to, shared by all connections.
class TrustStore {
 public:
  /// Reads the files. Throws `base::Error` (usage) where a required one cannot be read or holds no
  /// certificate.
  explicit TrustStore(const Trust& trust);
  ~TrustStore();
  TrustStore(const TrustStore&) = delete;
  TrustStore& operator=(const TrustStore&) = delete;

  /// Makes a connection that is being set up, an OpenSSL `SSL_CTX*`, use this store.
  void apply_to(void* ssl_context) const;

  /// For messages: "`/etc/ssl/certs/ca-certificates.crt`, `my.pem`", or that there are none.
  [[nodiscard]] const std::string& description() const { return description_; }

 private:
  struct Store;
  void add(const base::Path& path, bool is_required);
  void note(const std::string& name);

  std::unique_ptr<Store> store_;
  std::string description_;
};

}  // namespace ensure::net
