#pragma once

#include <string>
#include <string_view>

#include "bootstrap/package_request.h"
#include "bootstrap/wanted_packages.h"
#include "bundled/bundle.h"
#include "installer/base/url.h"
#include "installer/index/settings.h"
#include "installer/net/http_client.h"

namespace ensure::bootstrap {

/// The text of a requirements file or the like by its path or URL; "-" is standard input. A pipe
/// or a device is read where the user has named it, and refused where a file has. Throws `Error` of
/// the network and the file system.
[[nodiscard]] std::string load_text(net::HttpClient& client, const std::string& location,
                                    NamedBy named_by);

/// A URL that a user or a file gives. Throws `Error` (`kUsage`) where it cannot be read, and where
/// a password in it breaks it: no part of one is to be taken for a host.
[[nodiscard]] base::Url given_url(const std::string& text);

/// Whether a location is on the web, so that somebody else has written what is there.
[[nodiscard]] bool is_web_address(std::string_view location);

/// Where packages are looked for and which files of them may be taken; the default index is that of
/// the bundled pip. Throws `Error` (`kUsage`) for an address that is none.
[[nodiscard]] index::IndexSettings index_settings(const PackageRequest& request,
                                                  const WantedPackages& wanted,
                                                  const bundled::Bundle& bundle);

}  // namespace ensure::bootstrap
