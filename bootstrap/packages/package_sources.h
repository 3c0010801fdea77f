#pragma once

#include <string>
#include <string_view>

#include "bootstrap/packages/package_request.h"
#include "bootstrap/packages/requested_packages.h"
#include "bundled/payload/bundle.h"
#include "installer/base/url.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"

namespace ensure::bootstrap {

/// The text of a requirements file or the like by its path or URL; "-" is standard input. Reads a
/// pipe or a device if the user names it, and refuses it if a file names it. Throws `Error` of the
/// network and the file system.
[[nodiscard]] std::string load_text(net::HttpClient& client, const std::string& location,
                                    NamedBy named_by);

/// Parses a URL from a user or a file. Throws `Error` (`kUsage`) if it is malformed, or if a
/// password in it is not percent-encoded, so that a part of the password would be taken for a host.
[[nodiscard]] base::Url given_url(const std::string& text);

/// Whether a location is on the web, so that somebody else has written its content.
[[nodiscard]] bool is_web_address(std::string_view location);

/// Where packages are looked for and which files of them may be taken; the default index is that of
/// the bundled pip. Throws `Error` (`kUsage`) for an address that is none.
[[nodiscard]] index::IndexSettings index_settings(const PackageRequest& request,
                                                  const RequestedPackages& wanted,
                                                  const bundled::Bundle& bundle);

}  // namespace ensure::bootstrap
