#include "installer/index/pages/freshness.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/text.h"
#include "installer/net/http_client.h"

namespace ensure::index {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestGuess{600};
constexpr std::int64_t kLongestAge = std::int64_t{365} * 24 * 3600;

std::optional<seconds> parse_seconds(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc::result_out_of_range) return seconds(kLongestAge);
  if (problem != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return seconds(std::min(number, kLongestAge));
}

/// The directives of `Cache-Control`, in lower case.
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;
  std::optional<seconds> max_age;

  explicit CacheControl(const net::Response& response) {
    const std::string header = base::to_lower(response.header("Cache-Control").value_or(""));
    for (std::string_view directive : base::split(header, ',')) {
      directive = base::trim(directive);
      if (directive == "no-store") no_store = true;
      if (directive == "no-cache" || directive.starts_with("no-cache=")) no_cache = true;
      constexpr std::string_view kMaxAge = "max-age=";
      if (directive.starts_with(kMaxAge)) max_age = parse_seconds(directive.substr(kMaxAge.size()));
    }
  }
};

std::optional<std::chrono::sys_seconds> date_of(const net::Response& response,
                                                std::string_view header) {
  const auto text = response.header(header);
  return text ? net::try_parse_http_date(*text) : std::nullopt;
}

seconds max_age_of(const net::Response& response, std::chrono::sys_seconds now) {
  const CacheControl control(response);
  if (control.no_store || control.no_cache) return seconds(0);
  if (control.max_age) {
    const auto age = response.header("Age");
    const seconds spent = age ? parse_seconds(base::trim(*age)).value_or(seconds(0)) : seconds(0);
    return std::max(seconds(0), *control.max_age - spent);
  }
  const auto changed = date_of(response, "Last-Modified");
  if (!changed) return seconds(0);
  const auto sent = date_of(response, "Date").value_or(now);
  return std::clamp((sent - *changed) / 10, seconds(0), kLongestGuess);
}

}  // namespace

cache::Freshness freshness_of(const net::Response& response, std::chrono::sys_seconds now) {
  return {.fetched_at = now, .max_age = max_age_of(response, now)};
}

bool is_fresh(const cache::Freshness& freshness, std::chrono::sys_seconds now) {
  return freshness.fetched_at <= now && now < freshness.fetched_at + freshness.max_age;
}

bool may_be_stored(const net::Response& response) { return !CacheControl(response).no_store; }

}  // namespace ensure::index
