#include "installer/net/credentials/credentials.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ensure::net {

void CredentialStore::name_origin(const base::Url& url) {
  const std::scoped_lock lock(mutex_);
  named_origins_.insert(url.origin());
}

void CredentialStore::learn(const base::Url& url) {
  const std::scoped_lock lock(mutex_);
  keep(url);
}

void CredentialStore::learn(const base::Url& url, Credentials credentials) {
  learn(url.with_credentials(credentials.user, credentials.password));
}

void CredentialStore::keep(const base::Url& url) {
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

std::optional<Credentials> CredentialStore::find_in_netrc(
    const base::Url& url, const std::optional<std::string>& user) const {
  constexpr std::uint16_t kHttpsPort = 443;
  if (named_origins_.contains(url.origin())) return netrc_.find(url.host(), user);
  if (url.scheme() != "https" || url.port() != kHttpsPort) return std::nullopt;
  return netrc_.find(url.host(), user, Netrc::Default::kLeftOut);
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
  const std::scoped_lock lock(mutex_);
  const std::optional<std::string> user = user_of(url);
  if (user && url.password()) return Credentials{.user = *user, .password = *url.password()};
  // The user of a page may differ from that of the URL above it, so look for this user's password.
  const Entry* const entry = user ? nearest(url, user, true) : nullptr;
  if (entry != nullptr) return Credentials{.user = *user, .password = *entry->password};
  if (auto found = find_in_netrc(url, user)) return found;
  if (user) return Credentials{.user = *user, .password = {}};
  return std::nullopt;
}

std::optional<std::string> CredentialStore::user_without_password(const base::Url& url) const {
  const std::scoped_lock lock(mutex_);
  const std::optional<std::string> user = user_of(url);
  const bool is_known = url.password() || (user && nearest(url, user, true) != nullptr);
  return is_known ? std::nullopt : user;
}

}  // namespace ensure::net
