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
#include "installer/net/transfer/retry_policy.h"

/// What the caller knows about the network. Nothing here is read from the environment: its
/// variables and the options of the command line come as values.
namespace ensure::net {

/// `HOST` or `HOST:PORT` of `--trusted-host`; without a port every port.
struct TrustedHost {
  std::string host;  ///< in lower case, an IPv6 address without brackets
  std::optional<std::uint16_t> port;

  /// Throws `base::Error` (usage).
  static TrustedHost parse(std::string_view text);
};

[[nodiscard]] bool is_trusted(const std::vector<TrustedHost>& hosts, const base::Url& url);

/// Proxies as curl and pip understand them: URLs, or `host:port` for an HTTP proxy.
struct Proxies {
  std::optional<std::string> http;   ///< for `http:` URLs
  std::optional<std::string> https;  ///< for `https:` URLs
  std::optional<std::string> all;    ///< where there is none for the scheme
  /// Hosts that are asked directly: names, of which subdomains too, addresses and networks, parted
  /// by commas, or "*"; with a port only there.
  std::string no_proxy;

  /// The proxy for the scheme of `url`; `no_proxy` is not looked at.
  [[nodiscard]] std::optional<std::string> for_scheme_of(const base::Url& url) const;
  /// `no_proxy` as far as it is about the port of `url`, in the form of curl, which knows no ports.
  [[nodiscard]] std::string no_proxy_for_port_of(const base::Url& url) const;
};

/// Whether it has the form of a proxy's address: a URL of a scheme that curl knows for them, or
/// `host:port`.
[[nodiscard]] bool is_proxy_address(const std::string& text);

/// Whom to believe that a server is the one it says it is, besides the system's store.
struct Trust {
  std::vector<base::Path> required_files;  ///< `--cert`: PEM files that must be there
  std::vector<base::Path> files;           ///< `SSL_CERT_FILE`: if there
  std::vector<base::Path> directories;     ///< `SSL_CERT_DIR`: hashed folders, if there
  /// Where the system keeps its store, tried in order; see `system_stores()`.
  std::vector<base::Path> system_stores;
  /// Roots in PEM for a machine that has none; asked for only then.
  std::function<std::string()> fallback;
};

/// The places where Linux distributions keep their trusted certificates, files before folders.
[[nodiscard]] std::vector<base::Path> system_stores();

/// The `keyring` command.
struct KeyringCommand {
  base::Path program;                    ///< absolute
  std::vector<std::string> environment;  ///< "NAME=value" entries for it
};

struct ClientSettings {
  std::string user_agent = "ensure";
  /// Connections to one server that speaks HTTP/1.1 only (`--jobs`).
  std::size_t connections = 8;
  RetryLimits retries = {};
  /// To connect, and then until the next byte arrives (`--timeout`).
  std::chrono::milliseconds timeout{15'000};
  /// The least average of bytes per second over `pace_window()`: otherwise a server that sends a
  /// byte now and then could keep a run busy forever.
  std::uint64_t slowest_rate = 100;
  Proxies proxies = {};
  Trust trust = {};
  /// One PEM file with certificate and key (`--client-cert`); none where empty.
  base::Path client_certificate;
  /// The certificate is sent to the origins of these URLs, and of URLs that the user named.
  std::vector<base::Url> client_certificate_urls;
  /// Their certificates are not looked at, and `https:` may be left for `http:` to them.
  std::vector<TrustedHost> trusted_hosts;
  /// The first of these that is there is read (`NETRC`, `~/.netrc`, `~/_netrc`).
  std::vector<base::Path> netrc_files;
  std::optional<KeyringCommand> keyring;
  /// URLs that the user named. Users and passwords in them, and netrc, apply to their origins from
  /// the beginning.
  std::vector<base::Url> known_urls;
  /// No socket is opened whatever is asked; every request ends with an error.
  bool offline = false;

  [[nodiscard]] std::chrono::milliseconds pace_window() const { return 4 * timeout; }
};

}  // namespace ensure::net
