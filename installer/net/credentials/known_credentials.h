#pragma once

#include <optional>
#include <set>
#include <string>

#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// Runs the `keyring` command for a URL, then for its host, as pip does: for the password of
/// `user`, or without one for both. Takes at most half a minute. Returns nullopt if the command
/// fails or has no credentials.
[[nodiscard]] std::optional<Credentials> ask_keyring(const KeyringCommand& keyring,
                                                     const base::Url& url,
                                                     const std::optional<std::string>& user);

/// The credentials of a client: those from its settings, and those that it learns during the run.
class KnownCredentials {
 public:
  /// Reads netrc and `settings.known_urls`. `settings` has to outlive the object.
  explicit KnownCredentials(const ClientSettings& settings);

  [[nodiscard]] CredentialStore& store() { return store_; }

  /// Implements `HttpClient::credentials_for`, on the caller's thread only. Runs the `keyring`
  /// command at most once for each origin.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url, AskKeyring ask);

 private:
  const std::optional<KeyringCommand>& keyring_;
  CredentialStore store_;
  std::set<std::string> asked_;  ///< the origins for which `keyring` has run
};

}  // namespace ensure::net
