#pragma once

#include <optional>
#include <set>
#include <string>

#include "installer/net/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// The credentials of a client: those of its settings, and those that it learns meanwhile.
class KnownCredentials {
 public:
  /// Reads netrc.
  explicit KnownCredentials(const ClientSettings& settings);

  [[nodiscard]] CredentialStore& store() { return store_; }

  /// See `HttpClient::credentials_for`; on the caller's thread alone. The `keyring` command is
  /// asked once for each origin.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url, HttpClient::Ask ask);

 private:
  const std::optional<KeyringCommand>& keyring_;
  CredentialStore store_;
  std::set<std::string> asked_;  ///< origins
};

}  // namespace ensure::net
