#include "installer/net/transfer/transfer.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "installer/base/process.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

constexpr int kMostRedirects = 20;

/// Whether only the origin of the request may see the header.
bool is_secret(const Header& header) {
  const std::string name = base::to_lower(header.name);
  return name == "authorization" || name == "cookie" || name == "proxy-authorization";
}

void add(std::unique_ptr<curl_slist, void (*)(curl_slist*)>& list, const Header& header) {
  // A header without a value is written with a semicolon; with a colon it would be left out.
  const std::string line =
      header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  if (!list) list.reset(longer);  // else it is appended to
}

/// Whether the TLS handshake of the current connection chose HTTP/2.
bool speaks_http2(CURL* handle) {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->internals == nullptr) return false;
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(static_cast<const SSL*>(session->internals), &name, &length);
  return std::string_view(reinterpret_cast<const char*>(name), length) == "h2";
}

CURLcode use_trust_store(CURL* /*handle*/, void* context, void* trust) {
  static_cast<const TrustStore*>(trust)->apply_to(context);
  return CURLE_OK;
}

}  // namespace

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

base::Url redirect_target(const base::Url& from, std::string_view location,
                          const std::vector<TrustedHost>& trusted_hosts) {
  // Without credentials: they belong to the origin, and are looked up again.
  const auto target = from.without_credentials().try_join(location);
  if (!target || !target->is_http()) {
    throw base::Error(
        base::ExitCode::kNetwork,
        "the server of `" + from.redacted() + "` redirects to something other than an HTTP URL")
        .with_hint("check the URL; the server is misconfigured");
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

bool SpeedCheck::is_too_slow(Clock::time_point now, std::uint64_t received, std::uint64_t rate,
                             std::chrono::milliseconds window) {
  constexpr std::uint64_t kSecond = 1000;
  if (begin_ && now - *begin_ < window) return false;
  const auto minimum = rate * static_cast<std::uint64_t>(window.count()) / kSecond;
  const bool is_slow = begin_ && received - received_before_ < minimum;
  begin_ = now;
  received_before_ = received;
  return is_slow;
}

Attempt::Attempt(OriginQueue& queue, std::optional<Credentials> sent)
    : origin(queue),
      credentials(std::move(sent)),
      headers(nullptr, curl_slist_free_all),
      handle(curl_easy_init(), curl_easy_cleanup) {
  if (!handle) throw std::bad_alloc();
}

Transfer::Transfer(Request request, Completion completion, std::shared_ptr<BodySink> sink)
    : request_(std::move(request)),
      completion_(std::move(completion)),
      url_(request_.url),
      has_sink_(sink != nullptr),
      receiver_(request_, std::move(sink)) {}

void Transfer::follow(base::Url target) {
  if (++redirects_ > kMostRedirects) {
    throw base::Error(base::ExitCode::kNetwork, "`" + request_.url.redacted() +
                                                    "` is redirected more than " +
                                                    std::to_string(kMostRedirects) + " times")
        .with_hint("check the URL; the server redirects in a circle");
  }
  url_ = std::move(target);
}

void Transfer::restart() {
  url_ = request_.url;
  needed_other_credentials_ = false;
}

void Transfer::prepare(SharedState& shared, OriginQueue& origin,
                       std::optional<Credentials> credentials) {
  const ClientSettings& settings = shared.settings;
  if (url_.same_origin(request_.url)) {
    home_credentials_ = credentials;
  } else {
    needed_other_credentials_ |= credentials.has_value();
  }
  receiver_.begin_attempt(url_);
  // A new handle for each attempt, so that no setting of another origin is left.
  attempt_.emplace(origin, std::move(credentials));
  set(CURLOPT_URL, url_.without_credentials().without_fragment().to_string().c_str());
  set(CURLOPT_SHARE, shared.share);
  set_callbacks();
  set_connection(settings);
  const std::string proxy = base::to_lower(settings.proxies.for_scheme_of(url_).value_or(""));
  if (url_.scheme() == "https" || proxy.starts_with("https:")) set_tls(shared);
  set_headers(settings);
}

/// Throws `base::Error` if libcurl was built without the option, or there is no memory.
template <typename Value>
void Transfer::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(handle(), option, value);
  if (code == CURLE_OK) return;
  throw base::Error(base::ExitCode::kFailure,
                    std::string("libcurl cannot be set up: ") + curl_easy_strerror(code))
      .with_hint("this build of libcurl lacks something; use the executable as it is released");
}

void Transfer::set_callbacks() {
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, attempt_->error_text.data());
  set(CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_resolve);
  set(CURLOPT_RESOLVER_START_DATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void Transfer::set_connection(const ClientSettings& settings) {
  constexpr long kFileBuffer = 128L << 10;
  constexpr long kPageBuffer = 16L << 10;
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PATH_AS_IS, 1L);
  constexpr long kHttpVersion =
      CURL_HTTP_VERSION_2TLS;  // an `int` or a `long`, by the version of curl
  set(CURLOPT_HTTP_VERSION, kHttpVersion);
  set(CURLOPT_PIPEWAIT, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Parts of files are small, and many are requested at a time.
  set(CURLOPT_BUFFERSIZE, has_sink_ && !request_.range ? kFileBuffer : kPageBuffer);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  // An empty string keeps libcurl from reading the environment.
  set(CURLOPT_PROXY, settings.proxies.for_scheme_of(url_).value_or("").c_str());
  set(CURLOPT_NOPROXY, settings.proxies.no_proxy_for_port_of(url_).c_str());
  if (attempt_->credentials) {
    set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    set(CURLOPT_USERNAME, attempt_->credentials->user.c_str());
    set(CURLOPT_PASSWORD, attempt_->credentials->password.c_str());
  }
}

void Transfer::set_tls(SharedState& shared) {
  const ClientSettings& settings = shared.settings;
  const base::Path& certificate = settings.client_certificate;
  if (!shared.trust) {
    if (!certificate.empty()) check_client_certificate(certificate);
    shared.trust = std::make_unique<TrustStore>(settings.trust);
  }
  // All connections share one store, which `use_trust_store` sets.
  const char* const none = nullptr;
  set(CURLOPT_CAINFO, none);
  set(CURLOPT_CAPATH, none);
  set(CURLOPT_PROXY_CAINFO, none);
  set(CURLOPT_PROXY_CAPATH, none);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (is_trusted(settings.trusted_hosts, url_)) {
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  set(CURLOPT_SSL_CTX_FUNCTION, &use_trust_store);
  set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(shared.trust.get()));
  // An empty passphrase keeps OpenSSL from asking the terminal for one.
  set(CURLOPT_KEYPASSWD, "");
  if (certificate.empty() || !takes_client_certificate(settings)) return;
  set(CURLOPT_SSLCERT, certificate.c_str());
  set(CURLOPT_SSLKEY, certificate.c_str());
}

/// Only servers that the user named get the client certificate, not those that a page or a redirect
/// leads to.
bool Transfer::takes_client_certificate(const ClientSettings& settings) const {
  if (request_.is_named_by_user && url_.same_origin(request_.url)) return true;
  return std::ranges::any_of(settings.client_certificate_urls,
                             [this](const base::Url& url) { return url.same_origin(url_); });
}

void Transfer::add_credentials(Response& response) const {
  response.credentials = home_credentials_;
  response.needed_other_credentials = needed_other_credentials_;
}

void Transfer::set_headers(const ClientSettings& settings) {
  const bool is_home = url_.same_origin(request_.url);
  for (const Header& header : request_.headers) {
    if (is_home || !is_secret(header)) add(attempt_->headers, header);
  }
  for (const Header& header : receiver_.range_headers()) add(attempt_->headers, header);
  set(CURLOPT_HTTPHEADER, attempt_->headers.get());
  set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  // Offsets refer to the uncompressed file.
  if (!has_sink_ && !request_.range) set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
}

int Transfer::on_resolve(void* /*resolver*/, void* /*reserved*/, void* self) {
  auto& active = static_cast<Transfer*>(self)->attempt_->active_since;
  if (!active) active = Clock::now();
  return 0;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype /*purpose*/,
                                       curl_sockaddr* address) {
  (void)on_resolve(nullptr, nullptr, self);  // a known address needs no resolver
  // libcurl itself would leave out the flag that keeps children from inheriting the connection.
  return base::open_socket(address->family, address->socktype, address->protocol);
}

int Transfer::on_request(void* self, char* /*remote_address*/, char* /*local_address*/,
                         int /*remote_port*/, int /*local_port*/) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.attempt_->is_connected = true;
  transfer.attempt_->active_since = Clock::now();
  transfer.attempt_->origin.set_multiplexes(transfer.url_.scheme() == "https" &&
                                            speaks_http2(transfer.handle()));
  return CURL_PREREQFUNC_OK;
}

template <typename Take>
bool Transfer::receive(std::size_t size, const Take& take) {
  const Clock::time_point now = Clock::now();
  attempt_->active_since = now;
  attempt_->received += size;
  attempt_->origin.note_progress(size, now);
  try {
    return take();
  } catch (...) {
    attempt_->exception = std::current_exception();
    return false;
  }
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const bool goes_on = transfer.receive(size * count, [&] {
    transfer.attempt_->must_start_over = !transfer.receiver_.take_header({data, size * count});
    return !transfer.attempt_->must_start_over;
  });
  return goes_on ? size * count : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  const bool goes_on = transfer.receive(size * count, [&] {
    transfer.receiver_.take_body({data, size * count});
    return true;
  });
  return goes_on ? size * count : 0;
}

}  // namespace ensure::net
