#include "installer/net/credentials.h"

#include <algorithm>
#include <utility>

namespace ensure::net {

void CredentialStore::learn(const base::Url& url) {
  const auto user = url.user();
  if (!user) return;
  const base::Url scope = url.without_credentials().join(".");
  const auto known = std::ranges::find(entries_, scope, &Entry::scope);
  if (known == entries_.end()) {
    entries_.push_back({.scope = scope, .user = *user, .password = url.password()});
  } else if (known->user != *user || url.password()) {
    known->user = *user;
    known->password = url.password();
  }
}

void CredentialStore::learn(const base::Url& url, Credentials credentials) {
  learn(url.with_credentials(credentials.user, credentials.password));
}

const CredentialStore::Entry* CredentialStore::nearest(const base::Url& url,
                                                       const std::optional<std::string>& user,
                                                       bool has_password) const {
  const Entry* best = nullptr;
  std::size_t longest = 0;
  for (const Entry& entry : entries_) {
    if (!entry.scope.same_origin(url) || (user && entry.user != *user)) continue;
    if (has_password && !entry.password) continue;
    const bool is_above = url.path().starts_with(entry.scope.path());
    const std::size_t length = is_above ? entry.scope.path().size() : 0;
    if (best == nullptr || length > longest) {
      best = &entry;
      longest = length;
    }
  }
  return best;
}

std::optional<std::string> CredentialStore::user_of(const base::Url& url) const {
  if (std::optional<std::string> user = url.user()) return user;
  const Entry* const entry = nearest(url, std::nullopt, false);
  return entry == nullptr ? std::nullopt : std::optional(entry->user);
}

std::optional<Credentials> CredentialStore::find(const base::Url& url) const {
  const std::optional<std::string> user = user_of(url);
  if (user && url.password()) return Credentials{.user = *user, .password = *url.password()};
  // Each page tells anew whose files it has: the password may belong to another folder.
  const Entry* const entry = user ? nearest(url, user, true) : nullptr;
  if (entry != nullptr) return Credentials{.user = *user, .password = *entry->password};
  if (auto found = netrc_.find(url.host(), user)) return found;
  if (user) return Credentials{.user = *user, .password = {}};
  return std::nullopt;
}

std::optional<std::string> CredentialStore::user_without_password(const base::Url& url) const {
  const std::optional<std::string> user = user_of(url);
  const bool is_known = url.password() || (user && nearest(url, user, true) != nullptr);
  return is_known ? std::nullopt : user;
}

}  // namespace ensure::net
