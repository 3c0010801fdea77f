#pragma once

#include <chrono>

#include "installer/cache/stored_page.h"
#include "installer/net/http_client.h"

namespace ensure::index {

/// How long an answer that has come `now` may be used without asking again (RFC 9111): as long as
/// `Cache-Control` says. Where it says nothing, for a tenth of the time since the last change, at
/// most ten minutes (section 4.2.2); where nobody knows of a change, not at all.
[[nodiscard]] cache::Freshness freshness_of(const net::Response& response,
                                            std::chrono::sys_seconds now);

[[nodiscard]] bool is_fresh(const cache::Freshness& freshness, std::chrono::sys_seconds now);

/// Whether the server forbids to keep the answer (`no-store`).
[[nodiscard]] bool may_be_stored(const net::Response& response);

}  // namespace ensure::index
