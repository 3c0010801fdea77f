#include "installer/net/credentials/credentials.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

using Clock = std::chrono::steady_clock;

/// Reads the words of a netrc file.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// Returns nullopt at the end, and if a quote is not closed.
  std::optional<std::string> next_keyword() {
    skip_blanks();
    while (text_.starts_with('#')) {
      text_.remove_prefix(std::min(text_.find('\n'), text_.size()));
      skip_blanks();
    }
    return next_value();
  }

  /// A value may begin with "#"; a comment begins only in the place of a keyword.
  std::optional<std::string> next_value() {
    skip_blanks();
    if (text_.empty()) return std::nullopt;
    if (text_.front() == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n"), text_.size());
    std::string word(text_.substr(0, end));
    text_.remove_prefix(end);
    return word;
  }

  /// A macro ends at an empty line.
  void skip_macro() {
    const std::size_t unix_end = text_.find("\n\n");
    const std::size_t windows_end = text_.find("\n\r\n");
    text_.remove_prefix(std::min({unix_end, windows_end, text_.size()}));
  }

 private:
  void skip_blanks() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \t\r\n"), text_.size()));
  }

  std::optional<std::string> quoted() {
    std::string word;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == '"') {
        text_.remove_prefix(i + 1);
        return word;
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) ++i;
      word += text_[i];
    }
    text_ = {};
    return std::nullopt;
  }

  std::string_view text_;
};

/// The output of the command; nullopt if it fails or does not end before `end`.
std::optional<std::string> run(const KeyringCommand& keyring, std::vector<std::string> arguments,
                               Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  if (left.count() <= 0) return std::nullopt;
  arguments.insert(arguments.begin(), keyring.program.text());
  try {
    base::Process process(arguments, keyring.environment);
    base::ProcessResult result = process.wait(left);
    if (!result.succeeded()) return std::nullopt;
    return std::move(result.output);
  } catch (const base::FileError&) {
    return std::nullopt;  // it cannot be started
  }
}

std::string first_line(std::string_view text) {
  const auto lines = base::split_lines(text);
  return std::string(lines.empty() ? "" : lines.front());
}

std::optional<Credentials> ask(const KeyringCommand& keyring, const std::string& service,
                               const std::optional<std::string>& user, Clock::time_point end) {
  // The command would read it as an option.
  if (service.starts_with('-') || (user && user->starts_with('-'))) return std::nullopt;
  if (user) {
    const auto output = run(keyring, {"get", service, *user}, end);
    if (!output || first_line(*output).empty()) return std::nullopt;
    return Credentials{.user = *user, .password = first_line(*output)};
  }
  const auto output = run(keyring, {"--mode", "creds", "get", service}, end);
  if (!output) return std::nullopt;
  const auto lines = base::split_lines(*output);
  if (lines.size() < 2 || lines[0].empty()) return std::nullopt;
  return Credentials{.user = std::string(lines[0]), .password = std::string(lines[1])};
}

/// Runs the command for a URL, then for its host, as pip does: for the password of `user`, or
/// without one for both. Returns nullopt if the command fails or has no credentials.
std::optional<Credentials> ask_keyring(const KeyringCommand& keyring, const base::Url& url,
                                       const std::optional<std::string>& user) {
  constexpr std::chrono::seconds kTimeout{30};
  const Clock::time_point end = Clock::now() + kTimeout;
  const std::string address = url.without_credentials().without_fragment().to_string();
  if (auto found = ask(keyring, address, user, end)) return found;
  const std::string origin = url.origin();
  return ask(keyring, origin.substr(origin.find("//") + 2), user, end);
}

Netrc read_netrc(const std::vector<base::Path>& paths) {
  for (const base::Path& path : paths) {
    try {
      if (const auto text = base::read_file_if_exists(path, base::kSmallText))
        return Netrc::parse(*text);
    } catch (const base::FileError&) {
      continue;  // the server may need no credentials
    }
  }
  return {};
}

}  // namespace

Netrc Netrc::parse(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Netrc netrc;
  Words words(text);
  bool known = true;
  while (known) {
    const auto keyword = words.next_keyword();
    if (!keyword) break;
    if (*keyword == "default") {
      netrc.entries_.emplace_back();
    } else if (*keyword == "macdef") {
      words.skip_macro();
    } else if (const auto value = words.next_value(); !value) {
      break;
    } else if (*keyword == "machine") {
      netrc.entries_.push_back({.host = base::to_lower(*value), .login = {}, .password = {}});
    } else if (netrc.entries_.empty()) {
      known = false;
    } else if (*keyword == "login" || *keyword == "user") {
      netrc.entries_.back().login = *value;
    } else if (*keyword == "password") {
      netrc.entries_.back().password = *value;
    } else {
      known = *keyword == "account";
    }
  }
  return netrc;
}

std::optional<Credentials> Netrc::find(std::string_view host,
                                       const std::optional<std::string>& user,
                                       Default default_entry) const {
  const std::string wanted = base::to_lower(host);
  for (const bool is_default : {false, true}) {
    for (const Entry& entry : entries_) {
      const bool fits =
          is_default ? !entry.host && default_entry == Default::kCounts : entry.host == wanted;
      if (!fits || !entry.password) continue;
      if (user && !entry.login.empty() && entry.login != *user) continue;
      return Credentials{.user = entry.login.empty() ? user.value_or("") : entry.login,
                         .password = *entry.password};
    }
  }
  return std::nullopt;
}

CredentialStore::CredentialStore(const ClientSettings& settings)
    : netrc_(read_netrc(settings.netrc_files)), keyring_(settings.keyring) {
  for (const base::Url& url : settings.known_urls) {
    learn(url);
    name_origin(url);
  }
}

void CredentialStore::name_origin(const base::Url& url) {
  const std::scoped_lock lock(mutex_);
  named_origins_.insert(url.origin());
}

void CredentialStore::learn(const base::Url& url, const Credentials& credentials) {
  learn(url.with_credentials(credentials.user, credentials.password));
}

void CredentialStore::learn(const base::Url& url) {
  const auto user = url.user();
  if (!user) return;
  const std::scoped_lock lock(mutex_);
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

std::optional<Credentials> CredentialStore::find(const base::Url& url, AskKeyring ask) {
  std::optional<Credentials> known = find(url);
  const bool has_password = known && !known->password.empty();
  if (ask == AskKeyring::kNo || !keyring_ || has_password) return known;
  const std::scoped_lock lock(keyring_mutex_);
  const std::optional<std::string> user = user_without_password(url);
  if (asked_.emplace(url.origin(), user).second) {
    if (auto found = ask_keyring(*keyring_, url, user)) learn(url, *found);
  }
  return find(url);
}

}  // namespace ensure::net
