#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::net {

/// How to resume a download that was cut off, and whether a server then sends the rest of the same
/// file.
class ResumePoint {
 public:
  /// From a response with status 200. Returns nullopt if the body is compressed, if the server does
  /// not support ranges, or if nothing identifies the file: a strong ETag (RFC 9110,
  /// section 8.8.3), `Last-Modified`, or, if `length_suffices`, the length.
  static std::optional<ResumePoint> of(const Response& response, bool length_suffices);

  /// The request headers after `received` bytes: `Range`, and `If-Range` with the validator.
  [[nodiscard]] std::vector<Header> headers(std::uint64_t received) const;

  /// Whether `response`, with status 206, holds the bytes from `received` on of the same file.
  [[nodiscard]] bool is_continued_by(const Response& response, std::uint64_t received) const;

  /// The size of the whole file, if the server announced it.
  [[nodiscard]] std::optional<std::uint64_t> total() const { return total_; }

 private:
  std::string etag_;
  std::string last_modified_;
  std::optional<std::uint64_t> total_;
};

/// Assembles the response to one request from one or more attempts: the headers line by line, the
/// body piece by piece, into the sink if there is one. It uses no sockets.
class Receiver {
 public:
  Receiver(const Request& request, std::shared_ptr<BodySink> sink);

  /// `Range` and `If-Range` of the next attempt: those of the request, or for the rest of the body.
  [[nodiscard]] std::vector<Header> range_headers() const;

  /// Prepares for a response from `url`.
  void begin_attempt(const base::Url& url);

  /// Takes a line of the headers; the first one is the status line, the last one is empty. Returns
  /// false if the rest of a body is not available: the next attempt requests the whole file. Throws
  /// `base::Error` if the body would be too long or is another part than requested, and what the
  /// sink throws.
  [[nodiscard]] bool take_header(std::string_view line);

  /// Throws the same errors.
  void take_body(std::string_view bytes);

  /// Whether the body has the length of its `Content-Range`; curl checks `Content-Length`.
  [[nodiscard]] bool is_complete() const { return !expected_ || *expected_ == 0; }

  [[nodiscard]] const Response& response() const { return response_; }
  /// Moves the response out, with its body.
  [[nodiscard]] Response finish();

 private:
  enum class Mode { kIgnore, kExplanation, kDeliver };

  void take_status_line(std::string_view line);
  [[nodiscard]] bool take_end_of_headers();
  void begin_whole();
  void begin_range();
  bool start_over();
  void begin_delivery(std::uint64_t offset, std::optional<std::uint64_t> total);
  void check_limit(std::uint64_t size) const;

  base::Url url_;  ///< of the request, for messages
  std::optional<ByteRange> range_;
  std::uint64_t size_limit_;
  bool length_suffices_;
  std::shared_ptr<BodySink> sink_;

  Response response_;
  Mode mode_ = Mode::kIgnore;
  std::string body_;                       ///< if there is no sink; kept over attempts
  std::uint64_t received_ = 0;             ///< of the body, over attempts
  std::optional<std::uint64_t> expected_;  ///< the bytes that this attempt still has to receive
  std::optional<ResumePoint> resume_point_;
};

}  // namespace ensure::net
