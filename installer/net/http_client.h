#pragma once

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
#include "installer/net/credentials/netrc.h"

/// Asking HTTP servers for pages and files. Nothing here knows what an index is.
namespace ensure::net {

struct Header {
  std::string name;
  std::string value;
};

/// The bytes asked for (RFC 9110, section 14.1.2).
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

/// The bytes that an answer holds: `Content-Range: bytes 0-99/1234` (RFC 9110, section 14.4).
struct ContentRange {
  std::uint64_t first;
  std::uint64_t last;
  std::optional<std::uint64_t> total;  ///< the size of the whole file; none for "*"

  static std::optional<ContentRange> try_parse(std::string_view text);
};

/// What waits goes first where it has to share connections with what may be needed later.
enum class Urgency { kNow, kSoon };

constexpr std::uint64_t kNoSizeLimit = UINT64_MAX;

struct Request {
  /// An `http:` or `https:` URL. User and password in it are used for this and, from now on, for
  /// every request to the same origin. The fragment is not sent.
  base::Url url;
  /// Sent as they are, with `User-Agent`, `Accept-Encoding`, `Range` and `Authorization` added.
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::vector<Header> headers = {};
  /// A server may ignore it: the answer is then 200 with the whole file.
  std::optional<ByteRange> range = std::nullopt;
  Urgency urgency = Urgency::kNow;
  /// A body with more bytes than that ends the request with an error (exit code 7).
  std::uint64_t size_limit = kNoSizeLimit;
  /// The caller checks a digest of the whole body. A download that was cut off then goes on where
  /// it was even if the server gives nothing but the length to tell whether the file is the same.
  bool digest_is_checked = false;
  /// Whether the user named the URL, not a page or a file from the network. If so, netrc and the
  /// client certificate apply to its origin.
  bool is_named_by_user = false;
};

/// What a server answered, whatever its status: 404 and 500 are responses, not errors.
struct Response {
  int status;
  base::Url url;  ///< where the answer came from after redirects; without credentials
  std::vector<Header> headers;
  std::string body;  ///< empty where a sink took it
  /// The credentials that the server of the request's URL got for this answer.
  std::optional<Credentials> credentials = std::nullopt;
  /// Whether another server, to which it redirected, also got credentials.
  bool needed_other_credentials = false;

  /// The value of the first header with this name, in any case; none where there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  /// Of an answer with status 206.
  [[nodiscard]] std::optional<ContentRange> content_range() const;
  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

/// The answer, or why there is none: no connection, a timeout, a wrong certificate, too many bytes.
/// Retries are over by then.
using FetchResult = std::variant<Response, base::Error>;

/// Called once for each request, on the thread that calls `HttpClient::wait`. It may start further
/// requests. What it throws comes out of `wait`.
using Completion = std::function<void(FetchResult)>;

/// Takes a body as it arrives, on the client's own thread: it shares nothing with the caller, until
/// the completion has been called. An exception ends the request and becomes its outcome.
///
/// Bodies of answers other than 200 and 206 are not given to it. A body for a sink is asked for
/// uncompressed, so that offsets are those of the file.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// What is written from now on goes to byte `offset` of the file, which has `total` bytes where
  /// the server said so. Called before the first byte, and again after an interruption: then
  /// `offset` is where the body goes on, or where it began at first: it starts over.
  virtual void begin(std::uint64_t offset, std::optional<std::uint64_t> total) = 0;
  virtual void write(std::string_view bytes) = 0;
};

/// Names a request that has been started.
using Ticket = std::uint64_t;

/// Many requests at a time for a caller with one thread.
class HttpClient {
 public:
  HttpClient() = default;
  /// Requests under way are given up; their completions are not called.
  virtual ~HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Returns at once, and calls nothing back before `wait`.
  virtual Ticket start(Request request, Completion completion,
                       std::shared_ptr<BodySink> sink = nullptr) = 0;

  /// The request has become urgent (`Urgency::kNow`); nothing happens where it is over.
  virtual void hurry(Ticket ticket) = 0;

  /// Waits until at least one completion has been called, on this thread; false where no request
  /// is under way. Throws where a signal has arrived (`base::check_interrupt`).
  virtual bool wait() = 0;

  /// Whether `credentials_for` may run the `keyring` command.
  enum class Ask { kNobody, kKeyring };
  /// The credentials that a request to `url` would send; nullopt if it would be anonymous.
  [[nodiscard]] virtual std::optional<Credentials> credentials_for(const base::Url& url, Ask ask);
};

/// The answer to one request; other requests go on meanwhile, and their completions are called.
/// Throws the error where there is no answer.
[[nodiscard]] Response fetch(HttpClient& client, Request request,
                             std::shared_ptr<BodySink> sink = nullptr);

/// What a response that is no success means for the job: 401 and 403 are `kRefused`, everything
/// else `kNetwork`. The message says that the server of the response's URL answered so.
[[nodiscard]] base::Error error_of(const Response& response);

}  // namespace ensure::net
