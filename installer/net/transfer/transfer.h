#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/net/http_client.h"
#include "installer/net/settings.h"
#include "installer/net/transfer/failure.h"
#include "installer/net/transfer/receiver.h"
#include "installer/net/trust/trust_store.h"

namespace ensure::net {

class Transfer;

/// The waiting requests to one origin, and the number of running ones.
///
/// A server with HTTP/2 takes many over one connection. With HTTP/1.1, and before the first
/// handshake is done, as many may run as there may be connections: libcurl serves those that wait
/// inside it in one queue for all servers, where one server can hold up the others.
class OriginQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// At least one connection is used.
  explicit OriginQueue(std::size_t connections)
      : connections_(std::max<std::size_t>(connections, 1)) {}

  void add(Transfer& transfer) { waiting_.push_back(&transfer); }

  /// When `take` will return a request; nullopt if none waits or enough are running.
  [[nodiscard]] std::optional<TimePoint> ready_at() const {
    if (waiting_.empty() || running_ >= (multiplexes_ ? kStreams : connections_)) {
      return std::nullopt;
    }
    return paused_until_;
  }
  /// Removes the request to start now; null if there is none.
  [[nodiscard]] Transfer* take(TimePoint now) {
    if (ready_at().value_or(TimePoint::max()) > now) return nullptr;
    Transfer* const transfer = waiting_.front();
    waiting_.pop_front();
    ++running_;
    return transfer;
  }
  /// A request from `take` is complete, or waits again.
  void release() { --running_; }

  /// Starts nothing until then, because the server asked to wait.
  void pause_until(TimePoint time) { paused_until_ = std::max(paused_until_, time); }

  /// The number of bytes received from this origin, and when a request last received some.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  [[nodiscard]] TimePoint active_since() const { return active_since_; }
  void note_progress(std::uint64_t bytes, TimePoint now) {
    received_ += bytes;
    active_since_ = now;
  }

  /// Whether the server speaks HTTP/2, so that requests share a connection.
  [[nodiscard]] bool multiplexes() const { return multiplexes_; }
  void set_multiplexes(bool multiplexes) { multiplexes_ = multiplexes; }

 private:
  /// RFC 9113, section 6.5.2, recommends that servers allow at least this many.
  static constexpr std::size_t kStreams = 100;

  std::size_t connections_;
  bool multiplexes_ = false;
  std::deque<Transfer*> waiting_;
  std::size_t running_ = 0;
  std::uint64_t received_ = 0;
  TimePoint active_since_ = TimePoint::min();
  TimePoint paused_until_ = TimePoint::min();
};

using Clock = std::chrono::steady_clock;

/// Whether a response with this status and a `Location` header is a redirect. 300 and 304 are not.
[[nodiscard]] bool is_redirect(int status);

/// Resolves the `Location` header of a response from `from`. Throws `base::Error` (network) if it
/// is not an HTTP URL, or leads from `https:` to `http:` on a host that is not trusted.
[[nodiscard]] base::Url redirect_target(const base::Url& from, std::string_view location,
                                        const std::vector<TrustedHost>& trusted_hosts);

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
  std::unique_ptr<TrustStore> trust;  ///< null before the first TLS connection
};

/// One attempt to get the response to a request. libcurl refers to it, so it must not move.
struct Attempt {
  explicit Attempt(OriginQueue& queue, std::optional<Credentials> sent);

  OriginQueue& origin;
  std::optional<Credentials> credentials;  ///< those that it sends
  std::exception_ptr exception;            ///< ended it: from the sink, or because of a limit
  bool must_start_over = false;            ///< the rest of the body is not available
  bool is_connected = false;
  /// When it last made progress; nullopt while it waits for the connection of another one.
  std::optional<Clock::time_point> active_since;
  std::uint64_t received = 0;  ///< the number of bytes, headers included
  SpeedCheck speed;
  std::array<char, CURL_ERROR_SIZE> error_text{};  ///< libcurl's message about the failure

  // The handle refers to the other members, so it is destroyed first.
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers;
  std::unique_ptr<CURL, void (*)(CURL*)> handle;
};

/// A request with the state of its current attempt. Used on the client's thread only.
class Transfer {
 public:
  Transfer(Request request, Completion completion, std::shared_ptr<BodySink> sink);

  /// Prepares the next attempt, at `url()`. Throws `base::Error`.
  void prepare(SharedState& shared, OriginQueue& origin, std::optional<Credentials> credentials);

  /// The URL of the request, or the one it was redirected to.
  [[nodiscard]] const base::Url& url() const { return url_; }
  [[nodiscard]] Receiver& receiver() { return receiver_; }
  /// After the first `prepare`.
  [[nodiscard]] Attempt& attempt() { return *attempt_; }
  [[nodiscard]] CURL* handle() const { return attempt_->handle.get(); }

  /// Redirects the next attempt. Throws after too many redirects.
  void follow(base::Url target);
  /// The next attempt uses the URL of the request again.
  void restart();
  /// Adds the credentials that were sent to the response.
  void add_credentials(Response& response) const;
  /// To be called once; the completion belongs to the thread of the caller.
  [[nodiscard]] Completion take_completion() { return std::move(completion_); }

  RetryHistory history = {};

 private:
  static int on_resolve(void* resolver, void* reserved, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_request(void* self, char*, char*, int, int);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  template <typename Value>
  void set(CURLoption option, Value value);
  void set_callbacks();
  void set_connection(const ClientSettings& settings);
  void set_tls(SharedState& shared);
  [[nodiscard]] bool takes_client_certificate(const ClientSettings& settings) const;
  void set_headers(const ClientSettings& settings);
  /// Notes that bytes have arrived, and hands them to the receiver. Returns false if the attempt
  /// has to end.
  template <typename Take>
  bool receive(std::size_t size, const Take& take);

  Request request_;
  Completion completion_;
  base::Url url_;
  bool has_sink_;
  int redirects_ = 0;
  Receiver receiver_;
  std::optional<Credentials> home_credentials_;  ///< sent to the origin of the request's URL
  bool needed_other_credentials_ = false;
  std::optional<Attempt> attempt_;
};

}  // namespace ensure::net
