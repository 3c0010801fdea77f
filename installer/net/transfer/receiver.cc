#include "installer/net/transfer/receiver.h"

#include <charconv>
#include <utility>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

/// How much of an error page is kept.
constexpr std::size_t kLongestExplanation = std::size_t{64} << 10U;

/// Whether the server sent the requested bytes, or the part of them that exists.
bool answers(const ContentRange& given, const ByteRange& asked) {
  if (asked.first) {
    return given.first == *asked.first && (!asked.last || given.last <= *asked.last);
  }
  const std::uint64_t length = given.last - given.first + 1;
  return length <= asked.last.value_or(0) && given.total.value_or(given.last + 1) == given.last + 1;
}

bool is_strong(std::string_view etag) { return etag.starts_with('"') && etag.size() > 2; }

bool agrees(const Response& response, std::string_view name, const std::string& value) {
  const auto other = response.header(name);
  return value.empty() || !other || *other == value;
}

std::optional<std::uint64_t> content_length(const Response& response) {
  const auto text = response.header("Content-Length");
  if (!text) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return length;
}

}  // namespace

std::optional<ResumePoint> ResumePoint::of(const Response& response, bool length_suffices) {
  if (response.header("Content-Encoding").value_or("identity") != "identity") return std::nullopt;
  if (response.header("Accept-Ranges") == "none") return std::nullopt;
  ResumePoint point;
  const std::string_view etag = response.header("ETag").value_or("");
  if (is_strong(etag)) point.etag_ = etag;
  point.last_modified_ = response.header("Last-Modified").value_or("");
  point.total_ = content_length(response);
  const bool is_known = !point.etag_.empty() || !point.last_modified_.empty();
  if (!is_known && !(length_suffices && point.total_)) return std::nullopt;
  return point;
}

std::vector<Header> ResumePoint::headers(std::uint64_t received) const {
  std::vector<Header> headers{{"Range", ByteRange::from(received).to_string()}};
  if (!etag_.empty()) {
    headers.push_back({"If-Range", etag_});
  } else if (!last_modified_.empty()) {
    headers.push_back({"If-Range", last_modified_});
  }
  return headers;
}

bool ResumePoint::is_continued_by(const Response& response, std::uint64_t received) const {
  const auto range = response.content_range();
  if (!range || range->first != received) return false;
  if (total_ && (range->last + 1 != *total_ || range->total.value_or(*total_) != *total_)) {
    return false;
  }
  if (response.header("Content-Encoding").value_or("identity") != "identity") return false;
  return agrees(response, "ETag", etag_) && agrees(response, "Last-Modified", last_modified_);
}

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
  expected_.reset();
}

bool Receiver::take_header(std::string_view line) {
  line = base::trim(line);
  if (line.starts_with("HTTP/")) {
    take_status_line(line);
  } else if (line.empty()) {
    if (response_.status >= 200) return take_end_of_headers();
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    response_.headers.push_back({.name = std::string(base::trim(line.substr(0, colon))),
                                 .value = std::string(base::trim(line.substr(colon + 1)))});
  }
  return true;
}

void Receiver::take_status_line(std::string_view line) {
  response_.headers.clear();
  response_.status = 0;
  const std::string_view code = line.substr(std::min(line.find(' '), line.size()));
  const std::string_view digits = base::trim(code).substr(0, 3);
  std::from_chars(digits.data(), digits.data() + digits.size(), response_.status);
}

bool Receiver::take_end_of_headers() {
  if (mode_ == Mode::kDeliver) return true;  // trailers
  const bool resumes = !range_ && resume_point_ && received_ > 0;
  if (response_.status == 206 && resumes) {
    if (!resume_point_->is_continued_by(response_, received_)) return start_over();
    const ContentRange range = *response_.content_range();
    expected_ = range.last - range.first + 1;
    begin_delivery(received_, resume_point_->total());
    response_.status = 200;  // together with the bytes received before, it is the whole body
  } else if (response_.status == 206) {
    begin_range();
  } else if (response_.status == 416 && resumes) {
    return start_over();
  } else if (response_.status == 200) {
    begin_whole();
  } else {
    mode_ = Mode::kExplanation;
  }
  return true;
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
    throw base::Error(base::ExitCode::kNetwork,
                      "the server of `" + url_.redacted() + "` sent other bytes than requested")
        .with_hint("run the command again; if it fails again, the server is broken");
  }
  body_.clear();
  received_ = 0;
  expected_ = given->last - given->first + 1;
  check_limit(*expected_);
  begin_delivery(given->first, given->total);
}

bool Receiver::start_over() {
  resume_point_.reset();
  body_.clear();
  received_ = 0;
  return false;
}

void Receiver::begin_delivery(std::uint64_t offset, std::optional<std::uint64_t> total) {
  mode_ = Mode::kDeliver;
  if (!range_ && total) check_limit(*total);
  if (sink_) sink_->begin(offset, total);
}

void Receiver::take_body(std::string_view bytes) {
  if (mode_ == Mode::kExplanation && response_.body.size() < kLongestExplanation) {
    response_.body.append(bytes.substr(0, kLongestExplanation - response_.body.size()));
  }
  if (mode_ != Mode::kDeliver) return;
  check_limit(received_ + bytes.size());
  if (expected_ && bytes.size() > *expected_) {
    throw base::Error(base::ExitCode::kNetwork,
                      "the server of `" + url_.redacted() + "` sent more bytes than announced")
        .with_hint("run the command again; if it fails again, the server is broken");
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
      .with_hint("check the URL; the server sent something unexpected");
}

Response Receiver::finish() {
  if (mode_ == Mode::kDeliver) response_.body = std::move(body_);
  return std::move(response_);
}

}  // namespace ensure::net
