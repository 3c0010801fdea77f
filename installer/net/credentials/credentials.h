#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/net/credentials/netrc.h"

namespace ensure::net {

/// The known users and passwords, each for the origin it belongs to. Several threads may use it at
/// a time.
class CredentialStore {
 public:
  explicit CredentialStore(Netrc netrc = {}) : netrc_(std::move(netrc)) {}

  /// Notes that the user named this URL, so that netrc applies to its origin. netrc names hosts
  /// without ports. Its entries also apply to `https:` at port 443 of other hosts, except the entry
  /// for all hosts. Otherwise a page or a redirect could make us send a password to any port or
  /// host.
  void name_origin(const base::Url& url);

  /// Keeps what the URL holds for all later requests to its origin. A user without a password only
  /// says whom to look for, until a server turns out to want nothing more (a token).
  void learn(const base::Url& url);

  /// Keeps what somebody else, such as a keyring, knows of the origin of `url`.
  void learn(const base::Url& url, Credentials credentials);

  /// What to send with the first attempt: what the URL itself says, else what was learned for its
  /// origin (of several the one whose path is the longest above the URL's), else netrc. A user
  /// that is known goes with the password of that user alone.
  [[nodiscard]] std::optional<Credentials> find(const base::Url& url) const;

  /// The user that a password is missing for, to ask a keyring; none where any would do.
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
  /// Of the same origin, the one whose path is the longest above that of `url`, else any; of this
  /// user, where one is given.
  [[nodiscard]] const Entry* nearest(const base::Url& url, const std::optional<std::string>& user,
                                     bool has_password) const;
  [[nodiscard]] std::optional<std::string> user_of(const base::Url& url) const;

  Netrc netrc_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::set<std::string> named_origins_;
};

}  // namespace ensure::net
