#include "installer/net/transfer/transfer.h"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

/// Whether only the origin of the request may see the header.
bool is_secret(const Header& header) {
  const std::string name = base::to_lower(header.name);
  return name == "authorization" || name == "cookie" || name == "proxy-authorization";
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

void HeaderList::add(const Header& header) {
  // A header without a value is written with a semicolon; with a colon it would be left out.
  const std::string line =
      header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
  curl_slist* const longer = curl_slist_append(list_.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  if (!list_) list_.reset(longer);  // else it is appended to
}

EasyHandle::EasyHandle() : handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::bad_alloc();
}

void EasyHandle::check(CURLcode code) {
  if (code == CURLE_OK) return;
  throw base::Error(base::ExitCode::kFailure,
                    std::string("libcurl cannot be set up: ") + curl_easy_strerror(code))
      .with_hint("this build of libcurl lacks something; use the executable as it is released");
}

bool EasyHandle::multiplexes() const {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(handle_.get(), CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL ||
      session->internals == nullptr) {
    return false;
  }
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(static_cast<const SSL*>(session->internals), &name, &length);
  return std::string_view(reinterpret_cast<const char*>(name), length) == "h2";
}

TrustStore& SharedState::trust() {
  if (!trust_store) trust_store = std::make_unique<TrustStore>(settings.trust);
  return *trust_store;
}

const base::Path& SharedState::client_certificate() {
  if (!settings.client_certificate.empty() && !client_certificate_is_checked) {
    check_client_certificate(settings.client_certificate);
    client_certificate_is_checked = true;
  }
  return settings.client_certificate;
}

Transfer::Transfer(Ticket ticket, Request request, std::shared_ptr<BodySink> sink)
    : urgency(request.urgency),
      ticket_(ticket),
      request_(std::move(request)),
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

void Transfer::prepare(SharedState& shared, std::optional<Credentials> credentials) {
  const ClientSettings& settings = shared.settings;
  credentials_ = std::move(credentials);
  if (url_.same_origin(request_.url)) {
    home_credentials_ = credentials_;
  } else {
    needed_other_credentials_ |= credentials_.has_value();
  }
  exception_ = nullptr;
  must_start_over_ = is_connected_ = multiplexes_ = false;
  active_.reset();
  error_text_[0] = '\0';
  receiver_.begin_attempt(url_);
  // A new handle for each attempt, so that no setting of another origin is left.
  easy_ = std::make_unique<EasyHandle>();
  easy_->set(CURLOPT_URL, url_.without_credentials().without_fragment().to_string().c_str());
  easy_->set(CURLOPT_SHARE, shared.share);
  set_callbacks();
  set_connection(settings);
  if (url_.scheme() == "https" || settings.proxies.for_scheme_of(url_)) set_tls(shared);
  set_headers(settings);
}

void Transfer::set_callbacks() {
  easy_->set(CURLOPT_PRIVATE, static_cast<void*>(this));
  easy_->set(CURLOPT_ERRORBUFFER, error_text_.data());
  easy_->set(CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_resolve);
  easy_->set(CURLOPT_RESOLVER_START_DATA, static_cast<void*>(this));
  easy_->set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  easy_->set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  easy_->set(CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  easy_->set(CURLOPT_PREREQDATA, static_cast<void*>(this));
  easy_->set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  easy_->set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  easy_->set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  easy_->set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

void Transfer::set_connection(const ClientSettings& settings) {
  constexpr long kFileBuffer = 128L << 10;
  constexpr long kPageBuffer = 16L << 10;
  easy_->set(CURLOPT_NOSIGNAL, 1L);
  easy_->set(CURLOPT_PROTOCOLS_STR, "http,https");
  easy_->set(CURLOPT_PATH_AS_IS, 1L);
  easy_->set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  easy_->set(CURLOPT_PIPEWAIT, 1L);
  easy_->set(CURLOPT_TCP_KEEPALIVE, 1L);
  easy_->set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  // Parts of files are small, and many are requested at a time.
  easy_->set(CURLOPT_BUFFERSIZE, has_sink_ && !request_.range ? kFileBuffer : kPageBuffer);
  easy_->set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  // An empty string keeps libcurl from reading the environment.
  easy_->set(CURLOPT_PROXY, settings.proxies.for_scheme_of(url_).value_or("").c_str());
  easy_->set(CURLOPT_NOPROXY, settings.proxies.no_proxy_for_port_of(url_).c_str());
  if (credentials_) {
    easy_->set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    easy_->set(CURLOPT_USERNAME, credentials_->user.c_str());
    easy_->set(CURLOPT_PASSWORD, credentials_->password.c_str());
  }
}

void Transfer::set_tls(SharedState& shared) {
  const ClientSettings& settings = shared.settings;
  // All connections share one store, which `on_tls` sets.
  const char* const none = nullptr;
  easy_->set(CURLOPT_CAINFO, none);
  easy_->set(CURLOPT_CAPATH, none);
  easy_->set(CURLOPT_PROXY_CAINFO, none);
  easy_->set(CURLOPT_PROXY_CAPATH, none);
  easy_->set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (is_trusted(settings.trusted_hosts, url_)) {
    easy_->set(CURLOPT_SSL_VERIFYPEER, 0L);
    easy_->set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  easy_->set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls);
  easy_->set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&shared));
  // An empty passphrase keeps OpenSSL from asking the terminal for one.
  easy_->set(CURLOPT_KEYPASSWD, "");
  if (!takes_client_certificate(settings)) return;
  const base::Path& certificate = shared.client_certificate();
  if (!certificate.empty()) {
    easy_->set(CURLOPT_SSLCERT, certificate.c_str());
    easy_->set(CURLOPT_SSLKEY, certificate.c_str());
  }
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
  headers_ = {};
  const bool is_home = url_.same_origin(request_.url);
  for (const Header& header : request_.headers) {
    if (is_home || !is_secret(header)) headers_.add(header);
  }
  for (const Header& header : receiver_.range_headers()) headers_.add(header);
  easy_->set(CURLOPT_HTTPHEADER, headers_.get());
  easy_->set(CURLOPT_USERAGENT, settings.user_agent.c_str());
  // Offsets refer to the uncompressed file.
  if (!has_sink_ && !request_.range) easy_->set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
}

int Transfer::on_resolve(void* /*resolver*/, void* /*reserved*/, void* self) {
  auto& active = static_cast<Transfer*>(self)->active_;
  if (!active) active = Clock::now();
  return 0;
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype /*purpose*/,
                                       curl_sockaddr* address) {
  auto& active = static_cast<Transfer*>(self)->active_;
  if (!active) active = Clock::now();
  // libcurl leaves out SOCK_CLOEXEC, so a child could inherit the connection.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_request(void* self, char* /*remote_address*/, char* /*local_address*/,
                         int /*remote_port*/, int /*local_port*/) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.is_connected_ = true;
  transfer.active_ = Clock::now();
  transfer.multiplexes_ = transfer.url_.scheme() == "https" && transfer.easy_->multiplexes();
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.active_ = Clock::now();
  transfer.received_ += size * count;
  try {
    const auto verdict = transfer.receiver_.take_header({data, size * count});
    transfer.must_start_over_ = verdict == Receiver::Verdict::kStartOver;
  } catch (...) {
    transfer.exception_ = std::current_exception();
  }
  return transfer.must_start_over_ || transfer.exception_ ? 0 : size * count;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.active_ = Clock::now();
  transfer.received_ += size * count;
  try {
    transfer.receiver_.take_body({data, size * count});
  } catch (...) {
    transfer.exception_ = std::current_exception();
    return 0;
  }
  return size * count;
}

CURLcode Transfer::on_tls(CURL* handle, void* context, void* shared) {
  try {
    static_cast<SharedState*>(shared)->trust().apply_to(context);
    return CURLE_OK;
  } catch (...) {
    Transfer* transfer = nullptr;
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
    transfer->exception_ = std::current_exception();
    return CURLE_ABORTED_BY_CALLBACK;
  }
}

}  // namespace ensure::net
