#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "installer/net/netrc.h"

namespace ensure::net {

/// The users and passwords that are known, each for the origin it belongs to.
class CredentialStore {
 public:
  explicit CredentialStore(Netrc netrc = {}) : netrc_(std::move(netrc)) {}

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

  /// Of the same origin, the one whose path is the longest above that of `url`, else any; of this
  /// user, where one is given.
  [[nodiscard]] const Entry* nearest(const base::Url& url, const std::optional<std::string>& user,
                                     bool has_password) const;
  [[nodiscard]] std::optional<std::string> user_of(const base::Url& url) const;

  Netrc netrc_;
  std::vector<Entry> entries_;
};

}  // namespace ensure::net
