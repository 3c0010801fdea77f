#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::tests {

/// What a fake server answers for one URL.
struct FakeAnswer {
  int status = 200;
  // NOLINTBEGIN(readability-redundant-member-init): so that initializers may leave them out
  std::vector<net::Header> headers = {};
  std::string body = {};
  // NOLINTEND(readability-redundant-member-init)
  bool supports_ranges = true;
};

/// A client without a network: answers what the test wrote down, and keeps what it was asked.
///
/// URLs are compared without credentials and fragment; one that is not written down is a 404. A
/// request whose `If-None-Match` is the answer's `ETag` gets a 304.
class FakeHttpClient : public net::HttpClient {
 public:
  /// From now on this is the answer for `url`.
  void answer(const std::string& url, FakeAnswer answer);
  void answer(const std::string& url, const std::string& content_type, std::string body);
  /// Where the answer says it comes from, as after a redirect; it needs an answer of its own.
  void redirect(const std::string& url, const std::string& target);
  /// Asking for `url` ends without an answer.
  void fail(const std::string& url, base::Error error);
  /// Answers are computed: called for every URL that is not written down.
  void answer_others(std::function<FakeAnswer(const net::Request&)> answer);

  void start(net::Request request, net::Completion completion,
             std::shared_ptr<net::BodySink> sink = nullptr) override;
  /// Those of the URL, else those of `send`.
  [[nodiscard]] std::optional<net::Credentials> credentials_for(const base::Url& url,
                                                                net::AskKeyring ask) override;
  /// From now on every request is sent with them, unless its URL has others.
  void send(std::optional<net::Credentials> credentials) { credentials_ = std::move(credentials); }
  bool wait() override;  ///< answers one request, the first

  /// All requests in the order in which they were started.
  [[nodiscard]] const std::vector<net::Request>& requests() const { return requests_; }
  [[nodiscard]] std::vector<std::string> requested_urls() const;
  [[nodiscard]] std::size_t times_asked(const std::string& url) const;
  /// The most requests that were under way at a time.
  [[nodiscard]] std::size_t most_under_way() const { return most_under_way_; }

 private:
  struct Pending {
    net::Request request;
    net::Completion completion;
    std::shared_ptr<net::BodySink> sink;
  };

  [[nodiscard]] net::FetchResult outcome_of(const Pending& pending) const;
  [[nodiscard]] FakeAnswer answer_for(const net::Request& request, const std::string& url) const;

  std::map<std::string, FakeAnswer> answers_;
  std::map<std::string, std::string> redirects_;
  std::map<std::string, base::Error> failures_;
  std::function<FakeAnswer(const net::Request&)> others_;
  std::deque<Pending> pending_;
  std::optional<net::Credentials> credentials_;
  std::vector<net::Request> requests_;
  std::size_t most_under_way_ = 0;
};

}  // namespace ensure::tests
