#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/base/url.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// A netrc file: "machine HOST login USER password SECRET", "default login …", "macdef NAME" with
/// lines up to an empty one, "#" comments, values in double quotes with backslashes.
class Netrc {
 public:
  /// Never fails: like curl, it stops at the first unknown word.
  static Netrc parse(std::string_view text);

  enum class Default { kCounts, kLeftOut };

  /// The first entry for this host with a password, else the default entry. With `user`, only
  /// entries of that user or without a user. Ignores the case of `host`.
  [[nodiscard]] std::optional<Credentials> find(
      std::string_view host, const std::optional<std::string>& user = std::nullopt,
      Default default_entry = Default::kCounts) const;

 private:
  struct Entry {
    std::optional<std::string> host;  ///< nullopt for the default entry
    std::string login;
    std::optional<std::string> password;
  };
  std::vector<Entry> entries_;
};

/// The known users and passwords, by origin. Several threads may use it at a time.
class CredentialStore {
 public:
  explicit CredentialStore(Netrc netrc = {}) : netrc_(std::move(netrc)) {}
  /// Reads netrc and `settings.known_urls`.
  explicit CredentialStore(const ClientSettings& settings);

  /// Notes that the user named this URL, so that netrc applies to its origin. netrc names hosts
  /// without ports. Its entries also apply to `https:` at port 443 of other hosts, except the entry
  /// for all hosts. Otherwise a page or a redirect could make us send a password to any port or
  /// host.
  void name_origin(const base::Url& url);

  /// Remembers the credentials in the URL for its origin. A user without a password selects an
  /// entry of netrc or the keyring; if there is none, it is sent alone, because it may be a token.
  void learn(const base::Url& url);

  /// Remembers credentials from elsewhere, such as a keyring.
  void learn(const base::Url& url, const Credentials& credentials);

  /// The credentials for a request: those in the URL, else those learned for its origin (preferring
  /// the longest path that contains the URL), else those of netrc. A known user is combined with a
  /// password of that user only.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url) const;
  /// The same; if the password is missing, it is asked of the `keyring` command, for at most half a
  /// minute, and once for each origin and user.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url, AskKeyring ask);

  /// The user whose password is missing, for a keyring; nullopt if any user is acceptable.
  [[nodiscard]] std::optional<std::string> user_without_password(const base::Url& url) const;

 private:
  struct Entry {
    base::Url scope;  ///< without credentials; its path up to the last "/"
    std::string user;
    std::optional<std::string> password;
  };

  [[nodiscard]] std::optional<Credentials> find_in_netrc(
      const base::Url& url, const std::optional<std::string>& user) const;
  /// The entry of the origin and, if given, the user; prefers the longest path that contains `url`.
  [[nodiscard]] const Entry* nearest(const base::Url& url, const std::optional<std::string>& user,
                                     bool has_password) const;
  [[nodiscard]] std::optional<std::string> user_of(const base::Url& url) const;

  Netrc netrc_;
  std::optional<KeyringCommand> keyring_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::set<std::string> named_origins_;
  std::mutex keyring_mutex_;  ///< for `asked_`; held while the command runs
  /// The origins and users for which the command has run.
  std::set<std::pair<std::string, std::optional<std::string>>> asked_;
};

}  // namespace ensure::net
