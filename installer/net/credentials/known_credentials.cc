#include "installer/net/credentials/known_credentials.h"

#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/path.h"
#include "installer/net/credentials/keyring.h"

namespace ensure::net {

namespace {

Netrc read_netrc(const std::vector<base::Path>& paths) {
  for (const base::Path& path : paths) {
    try {
      if (const auto text = base::read_file_if_exists(path, base::kSmallText))
        return Netrc::parse(*text);
    } catch (const base::FileError&) {
      continue;  // an unreadable netrc is no failure: the server may need no credentials
    }
  }
  return {};
}

}  // namespace

KnownCredentials::KnownCredentials(const ClientSettings& settings)
    : keyring_(settings.keyring), store_(read_netrc(settings.netrc_files)) {
  for (const base::Url& url : settings.known_urls) {
    store_.learn(url);
    store_.name_origin(url);
  }
}

std::optional<Credentials> KnownCredentials::find(const base::Url& url, HttpClient::Ask ask) {
  std::optional<Credentials> known = store_.find(url);
  const bool has_password = known && !known->password.empty();
  const bool may_ask = ask == HttpClient::Ask::kKeyring && keyring_ && !has_password;
  if (!may_ask || !asked_.insert(url.origin()).second) return known;
  if (auto found = ask_keyring(*keyring_, url, store_.user_without_password(url))) {
    store_.learn(url, *found);
    return found;
  }
  return known;
}

}  // namespace ensure::net
