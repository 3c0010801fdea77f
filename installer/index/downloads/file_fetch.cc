#include "installer/index/downloads/file_fetch.h"

namespace ensure::index {

net::Request http_request(const FileRequest& request, net::Urgency urgency) {
  net::Request http{.url = request.url.without_fragment(), .urgency = urgency};
  http.digest_is_checked = !request.digests.empty() || !request.accepted.empty();
  if (request.size) http.size_limit = *request.size;
  return http;
}

base::Error not_offline(const FileRequest& request) {
  return base::Error(base::ExitCode::kNetwork,
                     "`" + request.filename + "` is not in the cache, and the run is offline")
      .with_hint("run once without `--offline`, so that the cache gets it");
}

base::Error refused_scheme(const FileRequest& request) {
  return base::Error(base::ExitCode::kUsage, "`" + request.url.redacted() +
                                                 "` cannot be fetched: it is neither on the web "
                                                 "nor a file")
      .with_hint("use a URL that begins with `https:`, `http:` or `file:`");
}

}  // namespace ensure::index
