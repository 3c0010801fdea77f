#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/net/credentials/netrc.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// The known users and passwords, by origin. Several threads may use it at a time.
class CredentialStore {
 public:
  explicit CredentialStore(Netrc netrc = {}) : netrc_(std::move(netrc)) {}

  /// Notes that the user named this URL, so that netrc applies to its origin. netrc names hosts
  /// without ports. Its entries also apply to `https:` at port 443 of other hosts, except the entry
  /// for all hosts. Otherwise a page or a redirect could make us send a password to any port or
  /// host.
  void name_origin(const base::Url& url);

  /// Remembers the credentials in the URL for its origin. A user without a password selects an
  /// entry of netrc or the keyring; if there is none, it is sent alone, because it may be a token.
  void learn(const base::Url& url);

  /// Remembers credentials from elsewhere, such as a keyring.
  void learn(const base::Url& url, Credentials credentials);

  /// The credentials for a request: those in the URL, else those learned for its origin (preferring
  /// the longest path that contains the URL), else those of netrc. A known user is combined with a
  /// password of that user only.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url) const;

  /// The user whose password is missing, for a keyring; nullopt if any user is acceptable.
  [[nodiscard]] std::optional<std::string> user_without_password(const base::Url& url) const;

 private:
  struct Entry {
    base::Url scope;  ///< without credentials; its path up to the last "/"
    std::string user;
    std::optional<std::string> password;
  };

  void keep(const base::Url& url);
  [[nodiscard]] std::optional<Credentials> find_in_netrc(
      const base::Url& url, const std::optional<std::string>& user) const;
  /// The entry of the origin and, if given, the user; prefers the longest path that contains `url`.
  [[nodiscard]] const Entry* nearest(const base::Url& url, const std::optional<std::string>& user,
                                     bool has_password) const;
  [[nodiscard]] std::optional<std::string> user_of(const base::Url& url) const;

  Netrc netrc_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::set<std::string> named_origins_;
};

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
