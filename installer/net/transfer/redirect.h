#pragma once

#include <string_view>
#include <vector>

#include "installer/base/url.h"
#include "installer/net/settings.h"

namespace ensure::net {

constexpr int kMostRedirects = 20;

/// Whether an answer with this status and a `Location` header sends the client elsewhere. 300 and
/// 304 do not.
[[nodiscard]] bool is_redirect(int status);

/// Where `location`, given by the server of `from`, leads.
///
/// Throws `base::Error` (network) where it is no URL, where it is neither `http:` nor `https:`, and
/// where it leaves `https:` for `http:` to a host that is not among the trusted ones.
[[nodiscard]] base::Url redirect_target(const base::Url& from, std::string_view location,
                                        const std::vector<TrustedHost>& trusted_hosts);

}  // namespace ensure::net
