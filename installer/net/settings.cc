#include "installer/net/settings.h"

#include <algorithm>
#include <array>

#include "installer/base/error.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::net {

TrustedHost TrustedHost::parse(std::string_view text) {
  // An IPv6 address has more than one colon, and may come without brackets.
  const bool bare_ipv6 = std::ranges::count(text, ':') > 1 && !text.starts_with('[');
  const std::string authority = bare_ipv6 ? "[" + std::string(text) + "]" : std::string(text);
  const auto url = base::Url::try_parse("https://" + authority);
  const bool plain = text.find_first_of("/@?#") == std::string_view::npos;
  if (!url || !plain) {
    // What stands before an "@" may be a password.
    const std::size_t at = text.rfind('@');
    const std::string shown(at == std::string_view::npos ? text : text.substr(at + 1));
    throw base::Error(base::ExitCode::kUsage,
                      "`" + shown + "` is not a host or `host:port` (`--trusted-host`)")
        .with_hint("write it like `index.example.org` or `10.0.0.1:8080`");
  }
  const bool has_port = !bare_ipv6 && text.rfind(':') != std::string_view::npos &&
                        !text.ends_with(']') && !text.ends_with(':');
  return {.host = std::string(url->host()),
          .port = has_port ? std::optional(url->port()) : std::nullopt};
}

bool is_trusted(const std::vector<TrustedHost>& hosts, const base::Url& url) {
  return std::ranges::any_of(hosts, [&url](const TrustedHost& trusted) {
    return trusted.host == url.host() && (!trusted.port || *trusted.port == url.port());
  });
}

std::optional<std::string> Proxies::for_scheme_of(const base::Url& url) const {
  const std::optional<std::string>& own = url.scheme() == "https" ? https : http;
  const std::optional<std::string>& chosen = own ? own : all;
  return chosen && !chosen->empty() ? chosen : std::nullopt;
}

std::string Proxies::no_proxy_for_port_of(const base::Url& url) const {
  std::string hosts;
  std::string entries = no_proxy;
  std::ranges::replace(entries, ' ', ',');
  for (const std::string_view entry : base::split(entries, ',')) {
    const std::size_t colon = entry.rfind(':');
    const bool is_address = !entry.ends_with(']') && std::ranges::count(entry, ':') > 1 &&
                            !entry.starts_with('[');  // of IPv6, without a port
    const bool has_port = colon != std::string_view::npos && !is_address && !entry.ends_with(']');
    if (has_port && entry.substr(colon + 1) != std::to_string(url.port())) continue;
    if (!hosts.empty()) hosts += ',';
    hosts += has_port ? entry.substr(0, colon) : entry;
  }
  return hosts;
}

bool is_proxy_address(const std::string& text) {
  constexpr std::array<std::string_view, 6> kSchemes = {"http",    "https",  "socks4",
                                                        "socks4a", "socks5", "socks5h"};
  const std::size_t scheme_end = text.find("://");
  const bool has_scheme = scheme_end != std::string::npos;
  const std::string scheme = has_scheme ? base::to_lower(text.substr(0, scheme_end)) : "http";
  if (std::ranges::find(kSchemes, scheme) == kSchemes.end()) return false;
  const std::string address = "http://" + (has_scheme ? text.substr(scheme_end + 3) : text);
  const auto url = base::Url::try_parse(address);
  // libcurl refuses blanks, with a message that contains the URL and so a password.
  const bool has_blank = address.find_first_of(" \t") != std::string::npos;
  return url && !url->host().empty() && !has_blank && !base::has_stray_userinfo(address);
}

std::vector<base::Path> system_stores() {
  return {
      "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine, NixOS
      "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL and their kin
      "/etc/pki/tls/certs/ca-bundle.crt",                   // the same before version 7
      "/etc/ssl/ca-bundle.pem",                             // openSUSE
      "/etc/pki/tls/cacert.pem",                            // OpenELEC
      "/etc/ssl/cert.pem",                                  // Alpine's libraries, FreeBSD, macOS
      "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD's package
      "/usr/share/ssl/certs/ca-bundle.crt",                 // old ones
      "/etc/ssl/certs",                                     // directories, hashed on most systems
      "/etc/pki/ca-trust/extracted/pem/directory-hash",     // Fedora, RHEL
      "/etc/pki/tls/certs",
      "/etc/openssl/certs",
  };
}

}  // namespace ensure::net
