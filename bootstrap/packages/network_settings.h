#pragma once

#include <functional>
#include <string>

#include "bootstrap/packages/package_request.h"
#include "installer/net/settings.h"

namespace ensure::bootstrap {

/// How servers are talked to: what the request says, and what the environment says of proxies
/// (`https_proxy`, ...), certificates (`SSL_CERT_FILE`, `SSL_CERT_DIR`, and `REQUESTS_CA_BUNDLE`
/// and `CURL_CA_BUNDLE`, which name files or folders for other programs) and credentials (`NETRC`,
/// the home folder, a `keyring` on PATH). `fallback_roots` gives certificates in PEM for a machine
/// that has none. Throws `Error` (`kUsage`) for a host or URL that is none.
[[nodiscard]] net::ClientSettings network_settings(const PackageRequest& request,
                                                   std::function<std::string()> fallback_roots);

}  // namespace ensure::bootstrap
