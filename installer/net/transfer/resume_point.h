#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::net {

/// Where a download that was cut off can go on, and whether what a server then sends is the rest of
/// the same file. Pure.
class ResumePoint {
 public:
  /// From an answer with status 200 and a body as it is, not compressed. None where nothing in the
  /// answer would tell whether the file has changed: it has no strong ETag (RFC 9110, section
  /// 8.8.3), no `Last-Modified`, and `length_suffices` is false or there is no length; and where
  /// the server says that it knows no ranges.
  static std::optional<ResumePoint> of(const Response& response, bool length_suffices);

  /// What to ask for after `received` bytes: `Range`, and `If-Range` where there is a validator.
  [[nodiscard]] std::vector<Header> headers(std::uint64_t received) const;

  /// Whether `response`, with status 206, holds the bytes from `received` on of the same file.
  [[nodiscard]] bool is_continued_by(const Response& response, std::uint64_t received) const;

  /// The size of the whole file; none where the server did not say.
  [[nodiscard]] std::optional<std::uint64_t> total() const { return total_; }

 private:
  std::string etag_;
  std::string last_modified_;
  std::optional<std::uint64_t> total_;
};

/// `Content-Length`; none where there is none, or no number.
[[nodiscard]] std::optional<std::uint64_t> content_length(const Response& response);

}  // namespace ensure::net
