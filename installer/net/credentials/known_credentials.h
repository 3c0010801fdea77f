#pragma once

#include <optional>
#include <set>
#include <string>

#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// The credentials of a client: those of its settings, and those that it learns during the run.
class KnownCredentials {
 public:
  /// Reads netrc, and takes the credentials of `settings.known_urls`.
  explicit KnownCredentials(const ClientSettings& settings);

  [[nodiscard]] CredentialStore& store() { return store_; }

  /// Implements `HttpClient::credentials_for`, only on the caller's thread. Runs the `keyring`
  /// command at most once for each origin.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url, HttpClient::Ask ask);

 private:
  const std::optional<KeyringCommand>& keyring_;
  CredentialStore store_;
  std::set<std::string> asked_;  ///< the origins that `keyring` was asked for
};

}  // namespace ensure::net
