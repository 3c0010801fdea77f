#pragma once

#include <string>
#include <string_view>

#include "bootstrap/packages/requested_packages.h"
#include "bootstrap/request.h"
#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/base/url.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"

namespace ensure::bootstrap {

/// The text of a requirements file, by its path or URL; "-" is standard input. A pipe or a device
/// is read only if the user names it. Throws network and file system errors.
[[nodiscard]] std::string load_text(net::HttpClient& client, const std::string& location,
                                    NamedBy named_by);

/// Parses a URL from a user or a file. Throws `Error` (`kUsage`) if it is malformed, or if a
/// password in it is not percent-encoded, so that a part of the password would be taken for a host.
[[nodiscard]] base::Url given_url(const std::string& text);

/// Whether a location is a URL rather than a path.
[[nodiscard]] bool is_url(std::string_view location);

/// Whether a location is on the web, so that another person may have written its content.
[[nodiscard]] bool is_web_address(std::string_view location);

/// The indexes, the links and the rules for files. The default index is that of the bundled pip.
/// Throws `Error` (`kUsage`) for an invalid address.
[[nodiscard]] index::IndexSettings index_settings(const PackageRequest& request,
                                                  const RequestedPackages& wanted,
                                                  const bundled::Bundle& bundle);

/// The cache directory: `--cache-dir`, else `ensure` below XDG_CACHE_HOME or `~/.cache`. Empty with
/// `--no-cache`, or if no home directory is known.
[[nodiscard]] base::Path cache_directory(const PackageRequest& request);

/// The settings of the HTTP client: the options of the request, and of the environment the proxies
/// (`https_proxy`, ...), certificates (`SSL_CERT_FILE`, `SSL_CERT_DIR`, `REQUESTS_CA_BUNDLE`,
/// `CURL_CA_BUNDLE`) and credentials (`NETRC`, the home directory, a `keyring` on PATH). A machine
/// without any certificates uses those of the bundled pip. Throws `Error` (`kUsage`) for an invalid
/// host or URL.
[[nodiscard]] net::ClientSettings network_settings(const PackageRequest& request,
                                                   const bundled::Bundle& bundle);

}  // namespace ensure::bootstrap
