#include "installer/net/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include "installer/base/text.h"
#include "installer/net/transfer/failure.h"

namespace ensure::net {

namespace {

/// Reads a number at the start of `text` and removes it from there.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && base::to_lower(left) == base::to_lower(right);
}

struct Meaning {
  int status;
  const char* text;
};

constexpr std::array kMeanings{
    Meaning{.status = 400, .text = "bad request"},
    Meaning{.status = 401, .text = "it asks for a user and a password"},
    Meaning{.status = 403, .text = "it refuses access"},
    Meaning{.status = 404, .text = "not found"},
    Meaning{.status = 407, .text = "the proxy asks for a user and a password"},
    Meaning{.status = 408, .text = "it waited too long for the request"},
    Meaning{.status = 410, .text = "gone"},
    Meaning{.status = 416, .text = "it has no such bytes"},
    Meaning{.status = 429, .text = "too many requests"},
    Meaning{.status = 500, .text = "internal error"},
    Meaning{.status = 501, .text = "not implemented"},
    Meaning{.status = 502, .text = "bad gateway"},
    Meaning{.status = 503, .text = "unavailable"},
    Meaning{.status = 504, .text = "its upstream did not answer"},
};

std::string hint_for(int status) {
  if (status == 401) {
    return "give credentials in the URL (`user:password@` before the host), in netrc, or by the "
           "`keyring` command";
  }
  if (status == 403) return "check that these credentials may read from this index";
  if (status == 407) return "give the proxy's credentials in its URL (`--proxy`)";
  if (status == 400)
    return "check the URL; a server that wants a client certificate (`--client-cert`) says so too";
  if (status == 429 || status >= 500)
    return "run again later, or use another index (`--index-url`)";
  return "check the URL";
}

}  // namespace

std::string ByteRange::to_string() const {
  std::string text = "bytes=";
  if (first) text += std::to_string(*first);
  text += '-';
  if (last) text += std::to_string(*last);
  return text;
}

std::optional<ContentRange> ContentRange::try_parse(std::string_view text) {
  text = base::trim(text);
  if (!equal_ignoring_case(text.substr(0, 6), "bytes ")) return std::nullopt;
  text = base::trim(text.substr(6));
  const auto first = take_number(text);
  if (!first || !take(text, "-")) return std::nullopt;
  const auto last = take_number(text);
  if (!last || !take(text, "/") || *last < *first) return std::nullopt;
  ContentRange range{.first = *first, .last = *last, .total = std::nullopt};
  if (text == "*") return range;
  range.total = take_number(text);
  if (!range.total || !text.empty() || *range.total <= *last) return std::nullopt;
  return range;
}

std::optional<std::string_view> Response::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::optional<ContentRange> Response::content_range() const {
  const auto value = header("Content-Range");
  return value ? ContentRange::try_parse(*value) : std::nullopt;
}

Response fetch(HttpClient& client, Request request, std::shared_ptr<BodySink> sink) {
  // Shared, because the client outlives this call if `wait` throws.
  const auto answer = std::make_shared<std::optional<FetchResult>>();
  client.start(
      std::move(request), [answer](FetchResult outcome) { *answer = std::move(outcome); },
      std::move(sink));
  while (!*answer && client.wait()) {
  }
  FetchResult outcome = std::move(answer->value());
  if (auto* error = std::get_if<base::Error>(&outcome)) throw std::move(*error);
  return std::get<Response>(std::move(outcome));
}

base::Error error_of(const Response& response) {
  const bool refused = response.status == 401 || response.status == 403;
  std::string message =
      "the server of `" + response.url.redacted() + "` answers " + std::to_string(response.status);
  const auto* const meaning = std::ranges::find(kMeanings, response.status, &Meaning::status);
  if (meaning != kMeanings.end()) message.append(" (").append(meaning->text).append(")");
  base::Error error(refused ? base::ExitCode::kRefused : base::ExitCode::kNetwork,
                    std::move(message));
  if (const auto wait = response.header("Retry-After");
      wait && is_passing_status(response.status)) {
    error.add_hint("it asks to wait (`Retry-After: " + std::string(*wait) +
                   "`); a request waits at most " +
                   std::to_string(RetryLimits().retry_after_total.count()) + " s in total");
  }
  error.add_hint(hint_for(response.status));
  return error;
}

std::optional<std::chrono::sys_seconds> try_parse_http_date(std::string_view text) {
  const std::time_t time = curl_getdate(std::string(text).c_str(), nullptr);
  if (time == -1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(time));
}

}  // namespace ensure::net
