#pragma once

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>

#include "installer/base/path.h"
#include "installer/net/credentials/credentials.h"
#include "installer/net/http_client.h"
#include "installer/net/settings.h"
#include "installer/net/transfer/easy_handle.h"
#include "installer/net/transfer/failure.h"
#include "installer/net/transfer/receiver.h"
#include "installer/net/trust/trust_store.h"

namespace ensure::net {

using Clock = std::chrono::steady_clock;

/// What all transfers of a client have in common.
struct Surroundings {
  const ClientSettings& settings;
  CURLSH* share;
  /// Reads the store the first time.
  const TrustStore& trust();
  /// The file with our certificate and key, looked at the first time; empty for none.
  const base::Path& client_certificate();

  std::unique_ptr<TrustStore> trust_store;
  bool client_certificate_is_sound = false;
};

/// One request on its way: its attempts, and where the present one stands. Lives on the client's
/// thread.
class Transfer {
 public:
  Transfer(Ticket ticket, Request request, std::shared_ptr<BodySink> sink);

  /// Makes `handle()` ready for the next attempt, at `url()`.
  void prepare(Surroundings& surroundings, std::optional<Credentials> credentials);

  [[nodiscard]] Ticket ticket() const { return ticket_; }
  [[nodiscard]] CURL* handle() const { return easy_->get(); }
  /// Where the request goes now: its own URL, or where it was redirected to.
  [[nodiscard]] const base::Url& url() const { return url_; }
  [[nodiscard]] const base::Url& request_url() const { return request_.url; }
  [[nodiscard]] Receiver& receiver() { return receiver_; }
  /// What the present attempt sent.
  [[nodiscard]] const std::optional<Credentials>& credentials() const { return credentials_; }

  /// The next attempt goes there; throws where that is one redirect too many.
  void follow(base::Url target);
  /// The next attempt is at the URL of the request again.
  void restart() {
    url_ = request_.url;
    needed_other_credentials_ = false;
  }
  /// Adds to `response` the credentials that the servers got for it.
  void add_credentials(Response& response) const;

  /// What ended the attempt from our side: an exception of the sink, a limit.
  [[nodiscard]] const std::exception_ptr& exception() const { return exception_; }
  [[nodiscard]] bool must_start_over() const { return must_start_over_; }
  /// libcurl's words on what went wrong.
  [[nodiscard]] std::string_view detail() const { return error_text_.data(); }

  /// None where the attempt has not begun to connect, as it waits for another one's connection.
  [[nodiscard]] const std::optional<Clock::time_point>& active_since() const { return active_; }
  [[nodiscard]] bool is_connected() const { return is_connected_; }
  /// The number of bytes received in all attempts, headers included.
  [[nodiscard]] std::uint64_t received() const { return received_; }
  /// Whether its connection is shared by several transfers.
  [[nodiscard]] bool multiplexes() const { return multiplexes_; }

  Urgency urgency = Urgency::kNow;
  RetryHistory history = {};
  unsigned attempts = 0;
  int redirects = 0;

 private:
  static int on_resolve(void* resolver, void* reserved, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_request(void* self, char*, char*, int, int);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static CURLcode on_tls(CURL* handle, void* context, void* surroundings);

  void set_callbacks();
  void set_connection(const ClientSettings& settings);
  void set_tls(Surroundings& surroundings);
  [[nodiscard]] bool takes_client_certificate(const ClientSettings& settings) const;
  void set_headers(const ClientSettings& settings);

  Ticket ticket_;
  Request request_;
  base::Url url_;
  bool has_sink_;
  std::uint64_t received_ = 0;
  Receiver receiver_;
  std::optional<Credentials> credentials_;
  std::optional<Credentials> home_credentials_;  ///< sent to the origin of the request's URL
  bool needed_other_credentials_ = false;

  // Of the present attempt. The handle refers to the others, so it is destroyed first.
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
