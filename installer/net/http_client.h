#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/url.h"

/// Fetches pages and files from HTTP servers. This layer knows nothing about indexes.
namespace ensure::net {

struct Credentials {
  std::string user;
  std::string password;

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

struct Header {
  std::string name;
  std::string value;
};

/// The requested bytes (RFC 9110, section 14.1.2).
struct ByteRange {
  /// From byte `first` to byte `last`, both included.
  static ByteRange span(std::uint64_t first, std::uint64_t last) { return {first, last}; }
  /// From byte `first` to the end.
  static ByteRange from(std::uint64_t first) { return {first, std::nullopt}; }
  /// The last `length` bytes.
  static ByteRange suffix(std::uint64_t length) { return {std::nullopt, length}; }

  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  ///< without `first`: how many of the last bytes

  [[nodiscard]] std::string to_string() const;  ///< such as "bytes=0-99" or "bytes=-100"
};

/// The bytes in a response: `Content-Range: bytes 0-99/1234` (RFC 9110, section 14.4).
struct ContentRange {
  std::uint64_t first;
  std::uint64_t last;
  std::optional<std::uint64_t> total;  ///< the size of the whole file; nullopt for "*"

  static std::optional<ContentRange> try_parse(std::string_view text);
};

struct Request {
  /// An `http:` or `https:` URL. Its user and password are used for this and all later requests to
  /// its origin. The fragment is not sent.
  base::Url url;
  /// Sent unchanged, with `User-Agent`, `Accept-Encoding`, `Range` and `Authorization` added.
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::vector<Header> headers = {};
  /// A server may ignore it: the response is then 200 with the whole file.
  std::optional<ByteRange> range = std::nullopt;
  /// A longer body ends the request with an error (exit code 7).
  std::uint64_t size_limit = UINT64_MAX;
  /// The caller verifies a digest of the whole body. So a download that was cut off is resumed even
  /// if the server identifies the file by its length alone.
  bool digest_is_checked = false;
  /// Whether the user named the URL, as opposed to a page or a file from the network. If so, netrc
  /// and the client certificate apply to its origin.
  bool is_named_by_user = false;
};

/// The response of a server with any status: 404 and 500 are responses, not errors.
struct Response {
  int status;
  base::Url url;  ///< after redirects; without credentials
  std::vector<Header> headers;
  std::string body;  ///< empty if a sink took it
  /// The credentials that were sent to the server of the request's URL.
  std::optional<Credentials> credentials = std::nullopt;
  /// Whether credentials were also sent to a server it redirected to.
  bool needed_other_credentials = false;

  /// The value of the first header with this name; ignores case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// The `Content-Range` header of a response with status 206.
  [[nodiscard]] std::optional<ContentRange> content_range() const;
  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

/// The response, or the error after all retries: no connection, a timeout, a wrong certificate, too
/// many bytes.
using FetchResult = std::variant<Response, base::Error>;

/// Called once for each request, on the thread that calls `HttpClient::wait`. It may start further
/// requests. `wait` lets its exceptions pass.
using Completion = std::function<void(FetchResult)>;

/// Receives a body piece by piece, on the client's own thread: before the completion is called, the
/// caller may not access it. An exception ends the request and becomes its result.
///
/// It receives only the bodies of responses with status 200 and 206. They are requested without
/// compression, so that offsets refer to the file.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// The following bytes begin at byte `offset` of the file, which has `total` bytes if the server
  /// announced it. Called before the first byte, and again after an interruption: either the body
  /// continues at `offset`, or it starts over.
  virtual void begin(std::uint64_t offset, std::optional<std::uint64_t> total) = 0;
  virtual void write(std::string_view bytes) = 0;
};

/// Whether `HttpClient::credentials_for` may run the `keyring` command.
enum class AskKeyring { kNo, kYes };

/// Runs many requests at a time for a caller with one thread.
class HttpClient {
 public:
  HttpClient() = default;
  /// Abandons running requests; their completions are not called.
  virtual ~HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Returns at once. Only `wait` calls the completion.
  virtual void start(Request request, Completion completion,
                     std::shared_ptr<BodySink> sink = nullptr) = 0;

  /// Waits until at least one completion has been called, on this thread. Returns false if no
  /// request is running. Throws if a signal has arrived (`base::check_interrupt`).
  virtual bool wait() = 0;

  /// The credentials that a request to `url` would send; nullopt if it would be anonymous.
  [[nodiscard]] virtual std::optional<Credentials> credentials_for(const base::Url& /*url*/,
                                                                   AskKeyring /*ask*/) {
    return std::nullopt;
  }
};

/// Waits for the response to one request, while other requests continue and their completions are
/// called. Throws the error if there is no response.
[[nodiscard]] Response fetch(HttpClient& client, Request request,
                             std::shared_ptr<BodySink> sink = nullptr);

/// The error for a response that is not a success: `kRefused` for 401 and 403, else `kNetwork`.
[[nodiscard]] base::Error error_of(const Response& response);

/// A date in any of the three forms of HTTP (RFC 9110, section 5.6.7); nullopt if it is not a date.
[[nodiscard]] std::optional<std::chrono::sys_seconds> try_parse_http_date(std::string_view text);

}  // namespace ensure::net
