#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/net/http_client.h"
#include "installer/net/transfer/resume_point.h"

namespace ensure::net {

/// Puts together the answer to one request out of one or more attempts: headers line by line, the
/// body piece by piece, into the sink where there is one. Knows nothing of sockets.
class Receiver {
 public:
  Receiver(const Request& request, std::shared_ptr<BodySink> sink);

  /// `Range` and `If-Range` of the next attempt: what the request says, or the rest of the body.
  [[nodiscard]] std::vector<Header> range_headers() const;

  /// What comes next is an answer from `url`.
  void begin_attempt(const base::Url& url);

  enum class Verdict {
    kGoOn,
    kStartOver,  ///< the server has no rest to give: the next attempt asks for the whole file
  };

  /// One line of the headers, with its end; the first is the status line and the last is empty.
  /// Throws `base::Error` where the body would be too long, or is not what was asked for; and
  /// whatever the sink throws.
  Verdict take_header(std::string_view line);

  /// The same errors.
  void take_body(std::string_view bytes);

  /// Whether the body is as long as its `Content-Range` said; curl looks at `Content-Length`.
  [[nodiscard]] bool is_complete() const { return !expected_ || *expected_ == 0; }

  [[nodiscard]] const Response& response() const { return response_; }
  /// The answer with its body; the receiver is of no use afterwards.
  [[nodiscard]] Response finish();

  /// Bytes of the body that this attempt has brought.
  [[nodiscard]] std::uint64_t received_in_attempt() const { return received_in_attempt_; }

 private:
  enum class Mode { kIgnore, kExplanation, kDeliver };

  void take_status_line(std::string_view line);
  Verdict take_end_of_headers();
  void begin_whole();
  void begin_range();
  Verdict start_over();
  void begin_delivery(std::uint64_t offset, std::optional<std::uint64_t> total);
  void check_limit(std::uint64_t size) const;

  base::Url url_;  ///< of the request, for messages
  std::optional<ByteRange> range_;
  std::uint64_t size_limit_;
  bool length_suffices_;
  std::shared_ptr<BodySink> sink_;

  Response response_;
  Mode mode_ = Mode::kIgnore;
  std::string body_;            ///< where there is no sink; kept over attempts
  std::uint64_t received_ = 0;  ///< of the body, over attempts
  std::uint64_t received_in_attempt_ = 0;
  std::optional<std::uint64_t> expected_;  ///< how much more this attempt has to bring
  std::optional<ResumePoint> resume_point_;
};

}  // namespace ensure::net
