#pragma once

#include <optional>
#include <string>

#include "installer/base/url.h"
#include "installer/net/credentials/netrc.h"
#include "installer/net/settings.h"

namespace ensure::net {

/// Asks the `keyring` command for the credentials of a URL, then of its host, as pip does; with a
/// user for the password alone, else for both. Takes as long as that command does, at most half a
/// minute. None where it does not know them, or cannot be started.
[[nodiscard]] std::optional<Credentials> ask_keyring(const KeyringCommand& keyring,
                                                     const base::Url& url,
                                                     const std::optional<std::string>& user);

}  // namespace ensure::net
