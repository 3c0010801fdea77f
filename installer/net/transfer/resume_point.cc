#include "installer/net/transfer/resume_point.h"

#include <charconv>

#include "installer/base/text.h"

namespace ensure::net {

namespace {

bool is_strong(std::string_view etag) { return etag.starts_with('"') && etag.size() > 2; }

bool agrees(const Response& response, std::string_view name, const std::string& value) {
  const auto other = response.header(name);
  return value.empty() || !other || *other == value;
}

}  // namespace

std::optional<std::uint64_t> content_length(const Response& response) {
  const auto text = response.header("Content-Length");
  if (!text) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return length;
}

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

}  // namespace ensure::net
