#include "bootstrap/packages/package_sources.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/secrets.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

/// More than any list of requirements has, in bytes.
constexpr std::uint64_t kLargestText = 32ULL << 20U;

/// An address of an index or a link page; without a scheme it is a path.
base::Url address(const std::string& text) try {
  if (is_url(text)) return given_url(text);
  const std::size_t at = text.rfind('@');
  const bool has_password = at != std::string::npos && text.find(':') < at;
  if (!has_password || base::file_status(text)) {
    return base::Url::from_path(base::absolute_path(text));
  }
  throw base::Error(base::ExitCode::kUsage, "`" + text + "` has no scheme and is not there")
      .with_hint("write an address with its scheme: `https://` before the user");
} catch (base::ParseError& error) {
  error.add_context("while reading the address of an index or of links");
  error.add_hint("write it like `https://index.example.org/simple/`");
  throw;
}

/// A file of the newest bundled pip; empty if that pip does not have it.
std::string file_of_pip(const bundled::Bundle& bundle, std::string_view path) {
  std::string content;
  if (bundle.wheels().empty()) return content;
  const bundled::BundledWheel& wheel = bundle.wheels().front();
  for (std::size_t part = 0; part < wheel.part_count() && content.empty(); ++part) {
    bundle.read_part(wheel, part, {}, [&](const bundled::BundledFile& file) {
      if (file.path == path) content = file.content;
    });
  }
  return content;
}

/// The address of the index that the newest bundled pip uses by default.
std::string default_index(const bundled::Bundle& bundle) {
  // PyPI = PackageIndex("https://…", …), and its index is at "simple" below.
  const std::string text = file_of_pip(bundle, "pip/_internal/models/index.py");
  const std::size_t start = text.find("PackageIndex(", text.find("\nPyPI"));
  const std::size_t begin = start == std::string::npos ? start : text.find('"', start);
  const std::size_t end = begin == std::string::npos ? begin : text.find('"', begin + 1);
  if (end == std::string::npos) {
    throw base::Error(base::ExitCode::kUsage, "the bundled pip does not name a package index")
        .with_hint("name one with `--index-url`");
  }
  std::string address = text.substr(begin + 1, end - begin - 1);
  if (!address.ends_with('/')) address += '/';
  return address + "simple/";
}

/// The value of the first of these variables that is set and not empty.
std::optional<std::string> variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return std::nullopt;
}

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

/// In a CGI program `HTTP_PROXY` comes from the client ("httpoxy"), so it does not count there.
net::Proxies proxies(const PackageRequest& request) {
  net::Proxies result;
  result.no_proxy = variable({"no_proxy", "NO_PROXY"}).value_or("");
  if (request.proxy) {
    if (!request.proxy->empty()) check_proxy(*request.proxy, "--proxy");
    result.all = request.proxy;
    return result;
  }
  const bool is_cgi = std::getenv("REQUEST_METHOD") != nullptr;
  result.http = is_cgi ? proxy_of({"http_proxy"}) : proxy_of({"http_proxy", "HTTP_PROXY"});
  result.https = proxy_of({"https_proxy", "HTTPS_PROXY"});
  result.all = proxy_of({"all_proxy", "ALL_PROXY"});
  return result;
}

net::Trust trust(const PackageRequest& request, const bundled::Bundle& bundle) {
  net::Trust result;
  if (request.certificates) result.required_files.push_back(*request.certificates);
  for (const char* const name : {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}) {
    if (const auto file = variable({name})) result.files.emplace_back(*file);
  }
  const std::string directories = variable({"SSL_CERT_DIR"}).value_or("");
  for (const std::string_view directory : base::split(directories, ':')) {
    if (!directory.empty()) result.directories.emplace_back(directory);
  }
  result.system_stores = net::system_stores();
  result.fallback = [&bundle] { return file_of_pip(bundle, "pip/_vendor/certifi/cacert.pem"); };
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
  const std::optional<base::Path> program = base::find_command("keyring");
  if (!program) return std::nullopt;
  return net::KeyringCommand{*program, base::environment_without({})};
}

}  // namespace

base::Url given_url(const std::string& text) {
  base::Url url = base::Url::parse(text);
  if (url.is_http() && base::has_stray_userinfo(text)) {
    throw base::Error(base::ExitCode::kUsage,
                      "`" + base::without_secrets(text) + "` has an `@` behind its host")
        .with_hint(
            "write `/`, `?`, `#` and `@` in a password as `%2F`, `%3F`, `%23` and `%40`, and an "
            "`@` in a path as `%40`");
  }
  return url;
}

bool is_url(std::string_view location) {
  return location.find("://") != std::string_view::npos || location.starts_with("file:");
}

bool is_web_address(std::string_view location) {
  const std::optional<base::Url> url = base::Url::try_parse(location);
  return url && url->is_http();
}

std::string load_text(net::HttpClient& client, const std::string& location, NamedBy named_by) {
  if (location == "-") return base::read_standard_input(kLargestText);
  if (is_web_address(location)) {
    net::Request request{.url = given_url(location)};
    request.size_limit = kLargestText;
    // A file from the web may include only files of its own server.
    request.is_named_by_user = true;
    const net::Response response = net::fetch(client, std::move(request));
    if (!response.is_success()) throw net::error_of(response);
    return response.body;
  }
  const bool is_file_url = location.starts_with("file:");
  const base::Path path = is_file_url ? base::Url::parse(location).to_path() : base::Path(location);
  return named_by == NamedBy::kUser ? base::read_stream(path, kLargestText)
                                    : base::read_file(path, kLargestText);
}

index::IndexSettings index_settings(const PackageRequest& request, const RequestedPackages& wanted,
                                    const bundled::Bundle& bundle) {
  index::IndexSettings settings;
  settings.no_index = request.no_index;
  if (!request.no_index) {
    const auto& chosen = request.index_url ? request.index_url : request.configured_index_url;
    settings.indexes.push_back(chosen ? address(*chosen) : base::Url::parse(default_index(bundle)));
    for (const std::string& url : request.extra_index_urls) {
      base::Url further = address(url);
      const auto is_same = [&further](const base::Url& index) {
        return index.as_directory().to_string() == further.as_directory().to_string();
      };
      if (std::ranges::none_of(settings.indexes, is_same)) {
        settings.indexes.push_back(std::move(further));
      }
    }
  }
  for (const std::string& place : request.find_links) settings.find_links.push_back(address(place));
  settings.strategy = request.index_strategy;
  settings.offline = request.offline;
  settings.formats = request.formats;
  settings.build_sdists = request.build_sdists;
  settings.exclude_newer = request.exclude_newer;
  settings.require_hashes = request.require_hashes;
  for (const RequestedHashes& wanted_hashes : wanted.hashes) {
    std::vector<specs::HashOption>& hashes =
        settings.required_hashes[wanted_hashes.name.normalized()];
    hashes.insert(hashes.end(), wanted_hashes.hashes.begin(), wanted_hashes.hashes.end());
  }
  settings.resolution = request.resolution;
  settings.no_deps = request.no_deps;
  settings.wheels_needed = !request.dry_run;
  return settings;
}

base::Path cache_directory(const PackageRequest& request) {
  if (request.no_cache) return {};
  if (request.cache_dir) return base::absolute_path(*request.cache_dir);
  const base::Path own = variable({"XDG_CACHE_HOME"}).value_or("");
  if (own.is_absolute()) return own / "ensure";
  const base::Path home = variable({"HOME"}).value_or("");
  // A home that does not exist, such as `/nonexistent`, is not created.
  return home.is_absolute() && base::file_status(home) ? home / ".cache/ensure" : base::Path();
}

net::ClientSettings network_settings(const PackageRequest& request, const bundled::Bundle& bundle) {
  net::ClientSettings settings;
  settings.user_agent = std::string("ensure/") + ENSURE_VERSION;
  settings.connections = request.jobs;
  settings.retries.retries = static_cast<unsigned>(request.retries);
  settings.timeout = request.timeout;
  settings.proxies = proxies(request);
  settings.trust = trust(request, bundle);
  settings.client_certificate = request.client_certificate.value_or("");
  for (const std::string& host : request.trusted_hosts) {
    settings.trusted_hosts.push_back(net::TrustedHost::parse(host));
  }
  settings.netrc_files = netrc_files();
  if (request.uses_keyring) settings.keyring = keyring();
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
