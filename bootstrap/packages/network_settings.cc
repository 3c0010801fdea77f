#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bootstrap/packages/package_sources.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/secrets.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "installer/base/url.h"

namespace ensure::bootstrap {

namespace {

/// The value of the first of these variables that is set and not empty.
std::optional<std::string> variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return std::nullopt;
}

/// In a CGI program `HTTP_PROXY` comes from the client ("httpoxy").
bool is_cgi_program() { return std::getenv("REQUEST_METHOD") != nullptr; }

/// Refuses a URL in which libcurl would take a part of a password for a host, look that host up and
/// name it in messages.
void check_proxy(const std::string& address, const std::string& source) {
  if (net::is_proxy_address(address)) return;
  throw base::Error(base::ExitCode::kUsage, "`" + base::without_secrets(address) +
                                                "` is not the URL of a proxy (`" + source + "`)")
      .with_hint(
          "write it like `http://proxy.example.org:3128`, and `/`, `?`, `#` and `@` in a "
          "password as `%2F`, `%3F`, `%23` and `%40`");
}

std::optional<std::string> proxy_of(std::initializer_list<const char*> names) {
  std::optional<std::string> address = variable(names);
  if (address) check_proxy(*address, *names.begin());
  return address;
}

net::Proxies proxies(const PackageRequest& request) {
  net::Proxies result;
  result.no_proxy = variable({"no_proxy", "NO_PROXY"}).value_or("");
  if (request.proxy) {
    if (!request.proxy->empty()) check_proxy(*request.proxy, "--proxy");
    result.all = request.proxy;
    return result;
  }
  const bool is_cgi = is_cgi_program();
  result.http = proxy_of(is_cgi ? std::initializer_list<const char*>{"http_proxy"}
                                : std::initializer_list<const char*>{"http_proxy", "HTTP_PROXY"});
  result.https = proxy_of({"https_proxy", "HTTPS_PROXY"});
  result.all = proxy_of({"all_proxy", "ALL_PROXY"});
  return result;
}

net::Trust trust(const PackageRequest& request, std::function<std::string()> fallback_roots) {
  net::Trust result;
  if (request.certificates) result.required_files.push_back(*request.certificates);
  for (const char* const name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    if (const auto file = variable({name})) result.files.emplace_back(*file);
  }
  if (const auto directories = variable({"SSL_CERT_DIR"})) {
    for (const std::string_view directory : base::split(*directories, ':')) {
      if (!directory.empty()) result.directories.emplace_back(directory);
    }
  }
  result.system_stores = net::system_stores();
  result.fallback = std::move(fallback_roots);
  return result;
}

std::vector<base::Path> netrc_files() {
  if (const auto named = variable({"NETRC"})) return {*named};
  const auto home = variable({"HOME"});
  if (!home) return {};
  return {base::Path(*home) / ".netrc", base::Path(*home) / "_netrc"};
}

/// The URLs of indexes that the user named. Their credentials apply to everything on their servers,
/// also to a requirements file there.
std::vector<base::Url> index_urls(const PackageRequest& request) {
  std::vector<std::string> texts = request.extra_index_urls;
  const auto& first = request.index_url ? request.index_url : request.configured_index_url;
  if (first) texts.push_back(*first);
  texts.insert(texts.end(), request.find_links.begin(), request.find_links.end());
  std::vector<base::Url> urls;
  for (const std::string& text : texts) {
    const std::optional<base::Url> url = base::Url::try_parse(text);
    const std::vector<std::string>& others = request.addresses_from_web;
    const bool is_of_user = std::ranges::find(others, text) == others.end();
    if (url && url->is_http() && is_of_user) urls.push_back(*url);
  }
  return urls;
}

/// The command `keyring` of PATH; it is started only after a server has refused us.
std::optional<net::KeyringCommand> keyring() {
  const auto path = variable({"PATH"});
  if (!path) return std::nullopt;
  for (const std::string_view directory : base::split(*path, ':')) {
    const base::Path program = base::Path(directory) / "keyring";
    if (!program.is_absolute()) continue;
    const std::optional<base::FileStatus> status = base::file_status(program);
    if (status && status->is_executable_file()) {
      return net::KeyringCommand{program, base::environment_without({})};
    }
  }
  return std::nullopt;
}

}  // namespace

net::ClientSettings network_settings(const PackageRequest& request,
                                     std::function<std::string()> fallback_roots) {
  net::ClientSettings settings;
  settings.user_agent = std::string("ensure/") + ENSURE_VERSION;
  settings.connections = request.jobs;
  settings.retries.retries = static_cast<unsigned>(request.retries);
  settings.timeout = request.timeout;
  settings.proxies = proxies(request);
  settings.trust = trust(request, std::move(fallback_roots));
  settings.client_certificate = request.client_certificate.value_or("");
  for (const std::string& host : request.trusted_hosts) {
    settings.trusted_hosts.push_back(net::TrustedHost::parse(host));
  }
  settings.netrc_files = netrc_files();
  settings.keyring = keyring();
  settings.client_certificate_urls = index_urls(request);
  settings.known_urls = settings.client_certificate_urls;
  for (const std::string& text : request.named_urls) {
    if (const auto url = base::Url::try_parse(text); url && url->is_http()) {
      settings.known_urls.push_back(*url);
    }
  }
  settings.offline = request.offline;
  return settings;
}

}  // namespace ensure::bootstrap
