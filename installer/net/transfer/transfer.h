#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "installer/base/path.h"
#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"
#include "installer/net/transfer/failure.h"
#include "installer/net/transfer/receiver.h"
#include "installer/net/trust/trust_store.h"

namespace ensure::net {

using Clock = std::chrono::steady_clock;

constexpr int kMostRedirects = 20;

/// Whether a response with this status and a `Location` header is a redirect. 300 and 304 are not.
[[nodiscard]] bool is_redirect(int status);

/// Resolves the `Location` header of a response from `from`. Throws `base::Error` (network) if it
/// is not an HTTP URL, or leads from `https:` to `http:` on a host that is not trusted.
[[nodiscard]] base::Url redirect_target(const base::Url& from, std::string_view location,
                                        const std::vector<TrustedHost>& trusted_hosts);

/// A list of headers for libcurl.
class HeaderList {
 public:
  void add(const Header& header);
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

/// Owns an easy handle of libcurl.
class EasyHandle {
 public:
  EasyHandle();

  [[nodiscard]] CURL* get() const { return handle_.get(); }

  /// Throws `base::Error` if libcurl was built without the option, or there is no memory.
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(handle_.get(), option, value));
  }

  /// Whether the TLS handshake of the current connection chose HTTP/2.
  [[nodiscard]] bool multiplexes() const;

 private:
  struct Free {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  static void check(CURLcode code);

  std::unique_ptr<CURL, Free> handle_;
};

/// Checks over successive windows of time whether bytes arrive fast enough.
class SpeedCheck {
 public:
  /// Returns whether a window has passed with fewer than `rate` bytes per second. Call it
  /// repeatedly, with the bytes `received` since the beginning of the transfer.
  [[nodiscard]] bool is_too_slow(Clock::time_point now, std::uint64_t received, std::uint64_t rate,
                                 std::chrono::milliseconds window);
  /// The next call of `is_too_slow` begins a new window; the time until then does not count.
  void restart() { begin_.reset(); }

 private:
  std::optional<Clock::time_point> begin_;
  std::uint64_t received_before_ = 0;  ///< before the window began
};

/// The state that all transfers of a client share.
struct SharedState {
  const ClientSettings& settings;
  CURLSH* share;
  /// Reads the certificates at the first call.
  TrustStore& trust();
  /// The file with the client's certificate and key, which the first call checks; may be empty.
  const base::Path& client_certificate();

  std::unique_ptr<TrustStore> trust_store;
  bool client_certificate_is_checked = false;
};

/// A request with the state of its current attempt. Used on the client's thread only.
class Transfer {
 public:
  Transfer(Ticket ticket, Request request, std::shared_ptr<BodySink> sink);

  /// Prepares `handle()` for the next attempt, at `url()`.
  void prepare(SharedState& shared, std::optional<Credentials> credentials);

  [[nodiscard]] Ticket ticket() const { return ticket_; }
  [[nodiscard]] CURL* handle() const { return easy_->get(); }
  /// The URL of the request, or the one it was redirected to.
  [[nodiscard]] const base::Url& url() const { return url_; }
  [[nodiscard]] Receiver& receiver() { return receiver_; }
  /// The credentials that the current attempt sent.
  [[nodiscard]] const std::optional<Credentials>& credentials() const { return credentials_; }

  /// Redirects the next attempt. Throws after too many redirects.
  void follow(base::Url target);
  /// The next attempt uses the URL of the request again.
  void restart() {
    url_ = request_.url;
    needed_other_credentials_ = false;
  }
  /// Adds the credentials that were sent to the response.
  void add_credentials(Response& response) const;

  /// The exception that ended the attempt, from the sink or because of a limit.
  [[nodiscard]] const std::exception_ptr& exception() const { return exception_; }
  [[nodiscard]] bool must_start_over() const { return must_start_over_; }
  /// libcurl's message about the failure.
  [[nodiscard]] std::string_view detail() const { return error_text_.data(); }

  /// When the attempt last made progress; nullopt while it waits for the connection of another one.
  [[nodiscard]] const std::optional<Clock::time_point>& active_since() const { return active_; }
  [[nodiscard]] bool is_connected() const { return is_connected_; }
  /// The number of bytes received in all attempts, headers included.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Whether its connection is shared by several transfers.
  [[nodiscard]] bool multiplexes() const { return multiplexes_; }

  Urgency urgency = Urgency::kNow;
  RetryHistory history = {};

 private:
  static int on_resolve(void* resolver, void* reserved, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_request(void* self, char*, char*, int, int);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static CURLcode on_tls(CURL* handle, void* context, void* shared);

  void set_callbacks();
  void set_connection(const ClientSettings& settings);
  void set_tls(SharedState& shared);
  [[nodiscard]] bool takes_client_certificate(const ClientSettings& settings) const;
  void set_headers(const ClientSettings& settings);

  Ticket ticket_;
  Request request_;
  base::Url url_;
  bool has_sink_;
  int redirects_ = 0;
  std::uint64_t received_ = 0;
  Receiver receiver_;
  std::optional<Credentials> credentials_;
  std::optional<Credentials> home_credentials_;  ///< sent to the origin of the request's URL
  bool needed_other_credentials_ = false;

  // The current attempt. The handle refers to the other members, so it is destroyed first.
  HeaderList headers_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::exception_ptr exception_;
  bool must_start_over_ = false;
  bool is_connected_ = false;
  bool multiplexes_ = false;
  std::optional<Clock::time_point> active_;
  std::unique_ptr<EasyHandle> easy_;
};

}  // namespace ensure::net
