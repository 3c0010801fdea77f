#include "installer/net/transfer/redirect.h"

#include "installer/base/error.h"

namespace ensure::net {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

base::Url redirect_target(const base::Url& from, std::string_view location,
                          const std::vector<TrustedHost>& trusted_hosts) {
  // Without credentials: those of `from` belong to its origin, where they are looked up again.
  const auto target = from.without_credentials().try_join(location);
  if (!target || !target->is_http()) {
    throw base::Error(base::ExitCode::kNetwork, "the server of `" + from.redacted() +
                                                    "` redirects to what is no HTTP address")
        .with_hint("check the URL; that server is set up wrongly");
  }
  if (from.scheme() == "https" && target->scheme() == "http" &&
      !is_trusted(trusted_hosts, *target)) {
    throw base::Error(base::ExitCode::kNetwork, "the server of `" + from.redacted() +
                                                    "` redirects to `" + target->redacted() +
                                                    "`, which is not encrypted")
        .with_hint("if that is meant to be, allow it with `--trusted-host " +
                   std::string(target->host()) + "`");
  }
  return *target;
}

}  // namespace ensure::net
