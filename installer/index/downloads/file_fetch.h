#pragma once

#include "installer/base/error.h"
#include "installer/index/candidates/distribution_file.h"
#include "installer/net/http_client.h"

/// What getting wheels and getting source distributions have in common.
namespace ensure::index {

/// The request for a file, which is checked by its digests where there are any.
[[nodiscard]] net::Request http_request(const FileRequest& request, net::Urgency urgency);

/// The error (`kNetwork`) for a file that is not in the cache of an offline run.
[[nodiscard]] base::Error not_offline(const FileRequest& request);

/// The error (`kUsage`) for a URL that is neither on the web nor a file.
[[nodiscard]] base::Error refused_scheme(const FileRequest& request);

}  // namespace ensure::index
