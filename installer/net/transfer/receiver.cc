#include "installer/net/transfer/receiver.h"

#include <charconv>
#include <utility>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

/// What an error page may say for itself.
constexpr std::size_t kLongestExplanation = std::size_t{64} << 10U;

/// Whether the server gave the bytes asked for, or the part of them that exists.
bool answers(const ContentRange& given, const ByteRange& asked) {
  if (asked.first) {
    return given.first == *asked.first && (!asked.last || given.last <= *asked.last);
  }
  const std::uint64_t length = given.last - given.first + 1;
  return length <= asked.last.value_or(0) && given.total.value_or(given.last + 1) == given.last + 1;
}

}  // namespace

Receiver::Receiver(const Request& request, std::shared_ptr<BodySink> sink)
    : url_(request.url),
      range_(request.range),
      size_limit_(request.size_limit),
      length_suffices_(request.digest_is_checked),
      sink_(std::move(sink)),
      response_{.status = 0, .url = request.url, .headers = {}, .body = {}} {}

std::vector<Header> Receiver::range_headers() const {
  if (range_) return {{"Range", range_->to_string()}};
  if (resume_point_ && received_ > 0) return resume_point_->headers(received_);
  return {};
}

void Receiver::begin_attempt(const base::Url& url) {
  response_ = {.status = 0, .url = url.without_credentials(), .headers = {}, .body = {}};
  mode_ = Mode::kIgnore;
  received_in_attempt_ = 0;
  expected_.reset();
}

Receiver::Verdict Receiver::take_header(std::string_view line) {
  line = base::trim(line);
  if (line.starts_with("HTTP/")) {
    take_status_line(line);
  } else if (line.empty()) {
    if (response_.status >= 200) return take_end_of_headers();
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    response_.headers.push_back({.name = std::string(base::trim(line.substr(0, colon))),
                                 .value = std::string(base::trim(line.substr(colon + 1)))});
  }
  return Verdict::kGoOn;
}

void Receiver::take_status_line(std::string_view line) {
  response_.headers.clear();
  response_.status = 0;
  const std::string_view code = line.substr(std::min(line.find(' '), line.size()));
  const std::string_view digits = base::trim(code).substr(0, 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), response_.status);
}

Receiver::Verdict Receiver::take_end_of_headers() {
  if (mode_ == Mode::kDeliver) return Verdict::kGoOn;  // trailers
  const bool resumes = !range_ && resume_point_ && received_ > 0;
  if (response_.status == 206 && resumes) {
    if (!resume_point_->is_continued_by(response_, received_)) return start_over();
    const ContentRange range = *response_.content_range();
    expected_ = range.last - range.first + 1;
    begin_delivery(received_, resume_point_->total());
    response_.status = 200;  // with what was there before, it is the whole body
  } else if (response_.status == 206) {
    begin_range();
  } else if (response_.status == 416 && resumes) {
    return start_over();
  } else if (response_.status == 200) {
    begin_whole();
  } else {
    mode_ = Mode::kExplanation;
  }
  return Verdict::kGoOn;
}

void Receiver::begin_whole() {
  const bool is_encoded = response_.header("Content-Encoding").value_or("identity") != "identity";
  const auto total = is_encoded ? std::nullopt : content_length(response_);
  resume_point_ = range_ ? std::nullopt : ResumePoint::of(response_, length_suffices_);
  body_.clear();
  received_ = 0;
  begin_delivery(0, total);
}

void Receiver::begin_range() {
  const auto given = response_.content_range();
  if (!range_ || !given || !answers(*given, *range_)) {
    throw base::Error(base::ExitCode::kNetwork, "the server of `" + url_.redacted() +
                                                    "` sends other bytes than it was asked for")
        .with_hint("run again; if it stays so, that server is broken");
  }
  body_.clear();
  received_ = 0;
  expected_ = given->last - given->first + 1;
  check_limit(*expected_);
  begin_delivery(given->first, given->total);
}

Receiver::Verdict Receiver::start_over() {
  resume_point_.reset();
  body_.clear();
  received_ = 0;
  return Verdict::kStartOver;
}

void Receiver::begin_delivery(std::uint64_t offset, std::optional<std::uint64_t> total) {
  mode_ = Mode::kDeliver;
  if (!range_ && total) check_limit(*total);
  if (sink_) sink_->begin(offset, total);
}

void Receiver::take_body(std::string_view bytes) {
  received_in_attempt_ += bytes.size();
  if (mode_ == Mode::kExplanation && response_.body.size() < kLongestExplanation) {
    response_.body.append(bytes.substr(0, kLongestExplanation - response_.body.size()));
  }
  if (mode_ != Mode::kDeliver) return;
  check_limit(received_ + bytes.size());
  if (expected_ && bytes.size() > *expected_) {
    throw base::Error(base::ExitCode::kNetwork,
                      "the server of `" + url_.redacted() + "` sends more bytes than it said")
        .with_hint("run again; if it stays so, that server is broken");
  }
  if (expected_) *expected_ -= bytes.size();
  received_ += bytes.size();
  if (sink_) {
    sink_->write(bytes);
  } else {
    body_.append(bytes);
  }
}

void Receiver::check_limit(std::uint64_t size) const {
  if (size <= size_limit_) return;
  throw base::Error(base::ExitCode::kVerification, "`" + url_.redacted() + "` is larger than the " +
                                                       std::to_string(size_limit_) +
                                                       " bytes it may have")
      .with_hint("check the URL; the server sends something else than was expected");
}

Response Receiver::finish() {
  if (mode_ == Mode::kDeliver) response_.body = std::move(body_);
  return std::move(response_);
}

}  // namespace ensure::net
