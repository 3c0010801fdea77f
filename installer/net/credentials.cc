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

const CredentialStore::Entry* CredentialStore::entry_for(const base::Url& url) const {
  const Entry* best = nullptr;
  std::size_t longest = 0;
  for (const Entry& entry : entries_) {
    if (!entry.scope.same_origin(url)) continue;
    const bool is_above = url.path().starts_with(entry.scope.path());
    const std::size_t length = is_above ? entry.scope.path().size() : 0;
    if (best == nullptr || length > longest) {
      best = &entry;
      longest = length;
    }
  }
  return best;
}

std::optional<Credentials> CredentialStore::find(const base::Url& url) const {
  std::optional<std::string> user = url.user();
  std::optional<std::string> password = url.password();
  if (!password) {
    const Entry* const entry = entry_for(url);
    if (entry != nullptr && (!user || *user == entry->user)) {
      user = entry->user;
      password = entry->password;
    }
  }
  if (user && password) return Credentials{.user = *user, .password = *password};
  if (auto found = netrc_.find(url.host(), user)) return found;
  if (user) return Credentials{.user = *user, .password = {}};
  return std::nullopt;
}

std::optional<std::string> CredentialStore::user_without_password(const base::Url& url) const {
  if (url.user() && !url.password()) return url.user();
  const Entry* const entry = entry_for(url);
  if (entry == nullptr || entry->password) return std::nullopt;
  return entry->user;
}

}  // namespace ensure::net
