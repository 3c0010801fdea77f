#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"
#include "installer/base/url.h"

/// The settings of the HTTP client. This layer does not read the environment: the caller passes its
/// variables and the command line's options as values.
namespace ensure::net {

/// `HOST` or `HOST:PORT` of `--trusted-host`; without a port every port.
struct TrustedHost {
  std::string host;  ///< in lower case, an IPv6 address without brackets
  std::optional<std::uint16_t> port;

  /// Throws `base::Error` (usage).
  static TrustedHost parse(std::string_view text);
};

[[nodiscard]] bool is_trusted(const std::vector<TrustedHost>& hosts, const base::Url& url);

/// Proxies in the form of curl and pip: URLs, or `host:port` for an HTTP proxy.
struct Proxies {
  std::optional<std::string> http;   ///< for `http:` URLs
  std::optional<std::string> https;  ///< for `https:` URLs
  std::optional<std::string> all;    ///< if there is none for the scheme
  /// Hosts without a proxy, separated by commas: names (including their subdomains), addresses and
  /// networks, each with an optional port; or "*".
  std::string no_proxy;

  /// The proxy for the scheme of `url`; ignores `no_proxy`.
  [[nodiscard]] std::optional<std::string> for_scheme_of(const base::Url& url) const;
  /// The hosts of `no_proxy` that apply to the port of `url`, for curl, which knows no ports there.
  [[nodiscard]] std::string no_proxy_for_port_of(const base::Url& url) const;
};

/// Whether `text` is `host:port` or a URL with a scheme that curl supports for proxies.
[[nodiscard]] bool is_proxy_address(const std::string& text);

/// The certificates that servers are verified with.
struct Trust {
  std::vector<base::Path> required_files;  ///< `--cert`: PEM files that have to exist
  std::vector<base::Path> files;           ///< `SSL_CERT_FILE`, if it exists
  std::vector<base::Path> directories;     ///< `SSL_CERT_DIR`, hashed, if it exists
  /// Where the system may keep its certificates: the first hashed directory is used, else the first
  /// file; see `system_stores()`.
  std::vector<base::Path> system_stores;
  /// Returns roots in PEM format; called only if the machine has none.
  std::function<std::string()> fallback;
};

/// The places where Linux distributions keep their trusted certificates.
[[nodiscard]] std::vector<base::Path> system_stores();

/// The `keyring` command.
struct KeyringCommand {
  base::Path program;                    ///< absolute
  std::vector<std::string> environment;  ///< "NAME=value" entries for it
};

struct RetryLimits {
  unsigned retries = 5;  ///< besides the first attempt
  /// How long a request waits in total because servers ask for it (`Retry-After`). If a server asks
  /// for more, the request fails.
  std::chrono::seconds retry_after_total{60};
};

struct ClientSettings {
  std::string user_agent = "ensure";
  /// Connections to one server that speaks HTTP/1.1 only (`--jobs`).
  std::size_t connections = 8;
  RetryLimits retries = {};
  /// To connect, and then until the next byte arrives (`--timeout`).
  std::chrono::milliseconds timeout{15'000};
  /// The minimum of bytes per second over `speed_window()`: otherwise a server that sends a byte
  /// now and then could delay a run forever.
  std::uint64_t slowest_rate = 100;
  Proxies proxies = {};
  Trust trust = {};
  /// One PEM file with certificate and key (`--client-cert`), or empty.
  base::Path client_certificate;
  /// The certificate is sent to the origins of these URLs, and of URLs that the user named.
  std::vector<base::Url> client_certificate_urls;
  /// Their certificates are not verified, and `https:` URLs may redirect to `http:` URLs of them.
  std::vector<TrustedHost> trusted_hosts;
  /// The first existing one is read (`NETRC`, `~/.netrc`, `~/_netrc`).
  std::vector<base::Path> netrc_files;
  std::optional<KeyringCommand> keyring;
  /// URLs that the user named. Their users and passwords, and netrc, apply to their origins.
  std::vector<base::Url> known_urls;
  /// Every request fails without opening a socket.
  bool offline = false;

  [[nodiscard]] std::chrono::milliseconds speed_window() const { return 4 * timeout; }
};

}  // namespace ensure::net
