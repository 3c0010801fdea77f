#include "tests/support/fake_http_client.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ensure::tests {

namespace {

std::string key_of(const base::Url& url) {
  return url.without_credentials().without_fragment().to_string();
}

std::string key_of(const std::string& url) { return key_of(base::Url::parse(url)); }

/// The bytes that `range` means, as (first, length); none where there are none.
std::optional<std::pair<std::size_t, std::size_t>> bytes_of(const net::ByteRange& range,
                                                            std::size_t size) {
  if (!range.first) {
    const std::size_t length = std::min<std::size_t>(range.last.value_or(0), size);
    if (length == 0) return std::nullopt;
    return std::pair(size - length, length);
  }
  if (*range.first >= size) return std::nullopt;
  const std::size_t last = std::min<std::size_t>(range.last.value_or(size - 1), size - 1);
  return std::pair(*range.first, last - *range.first + 1);
}

void apply_range(net::Response& response, const net::ByteRange& range) {
  const std::size_t size = response.body.size();
  const auto bytes = bytes_of(range, size);
  if (!bytes) {
    response.status = 416;
    response.headers.push_back({"Content-Range", "bytes */" + std::to_string(size)});
    response.body.clear();
    return;
  }
  const auto [first, length] = *bytes;
  response.status = 206;
  response.headers.push_back({"Content-Range", "bytes " + std::to_string(first) + "-" +
                                                   std::to_string(first + length - 1) + "/" +
                                                   std::to_string(size)});
  response.body = response.body.substr(first, length);
}

std::optional<std::string_view> request_header(const net::Request& request, std::string_view name) {
  for (const net::Header& header : request.headers) {
    if (header.name == name) return header.value;
  }
  return std::nullopt;
}

}  // namespace

void FakeHttpClient::answer(const std::string& url, FakeAnswer answer) {
  answers_.insert_or_assign(key_of(url), std::move(answer));
}

void FakeHttpClient::answer(const std::string& url, const std::string& content_type,
                            std::string body) {
  answer(url, FakeAnswer{.headers = {{"Content-Type", content_type}}, .body = std::move(body)});
}

void FakeHttpClient::redirect(const std::string& url, const std::string& target) {
  redirects_[key_of(url)] = key_of(target);
}

void FakeHttpClient::fail(const std::string& url, base::Error error) {
  failures_.insert_or_assign(key_of(url), std::move(error));
}

void FakeHttpClient::answer_others(std::function<FakeAnswer(const net::Request&)> answer) {
  others_ = std::move(answer);
}

void FakeHttpClient::start(net::Request request, net::Completion completion,
                           std::shared_ptr<net::BodySink> sink) {
  requests_.push_back(request);
  pending_.push_back({.request = std::move(request),
                      .completion = std::move(completion),
                      .sink = std::move(sink)});
  most_under_way_ = std::max(most_under_way_, pending_.size());
}

std::optional<net::Credentials> FakeHttpClient::credentials_for(const base::Url& url,
                                                                net::AskKeyring) {
  const auto user = url.user();
  if (user) return net::Credentials{*user, url.password().value_or("")};
  return credentials_;
}

bool FakeHttpClient::wait() {
  if (pending_.empty()) return false;
  const Pending pending = std::move(pending_.front());
  pending_.pop_front();
  pending.completion(outcome_of(pending));
  return true;
}

FakeAnswer FakeHttpClient::answer_for(const net::Request& request, const std::string& url) const {
  const auto found = answers_.find(url);
  if (found != answers_.end()) return found->second;
  return others_ ? others_(request) : FakeAnswer{.status = 404};
}

net::FetchResult FakeHttpClient::outcome_of(const Pending& pending) const {
  std::string url = key_of(pending.request.url);
  if (const auto failure = failures_.find(url); failure != failures_.end()) return failure->second;
  if (const auto target = redirects_.find(url); target != redirects_.end()) url = target->second;
  FakeAnswer answer = answer_for(pending.request, url);
  net::Response response{.status = answer.status,
                         .url = base::Url::parse(url),
                         .headers = std::move(answer.headers),
                         .body = std::move(answer.body)};
  const auto known = request_header(pending.request, "If-None-Match");
  if (known && response.header("ETag") == known) {
    response.status = 304;
    response.body.clear();
  }
  if (response.status == 200 && pending.request.range && answer.supports_ranges) {
    apply_range(response, *pending.request.range);
  }
  if (response.body.size() > pending.request.size_limit) {
    return base::Error(base::ExitCode::kVerification, "`" + url + "` is too large");
  }
  const auto user = pending.request.url.user();
  response.credentials =
      user ? std::optional(net::Credentials{*user, pending.request.url.password().value_or("")})
           : credentials_;
  if (pending.sink && response.is_success()) {
    const auto given = response.content_range();
    pending.sink->begin(given ? given->first : 0, given ? given->total : response.body.size());
    pending.sink->write(std::exchange(response.body, {}));
  }
  return response;
}

std::vector<std::string> FakeHttpClient::requested_urls() const {
  std::vector<std::string> urls;
  for (const net::Request& request : requests_) urls.push_back(key_of(request.url));
  return urls;
}

std::size_t FakeHttpClient::times_asked(const std::string& url) const {
  return static_cast<std::size_t>(std::ranges::count(requested_urls(), key_of(url)));
}

}  // namespace ensure::tests
