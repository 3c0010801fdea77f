#include "installer/net/transfer/failure.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstDelay{200};
constexpr milliseconds kLongestDelay{8000};
constexpr unsigned kMostAttemptsToConnect = 3;

milliseconds back_off(unsigned attempts, double chance) {
  milliseconds delay = kFirstDelay;
  for (unsigned i = 1; i < attempts && delay < kLongestDelay; ++i) delay *= 2;
  delay = std::min(delay, kLongestDelay);
  const double part = 1.0 - std::clamp(chance, 0.0, 1.0) / 2;
  return milliseconds(static_cast<milliseconds::rep>(static_cast<double>(delay.count()) * part));
}

/// libcurl's message if a proxy refuses a tunnel to the server, for example with 407.
constexpr std::string_view kProxyRefuses = "CONNECT tunnel failed, response 4";

FailureKind kind_of(CURLcode code, std::string_view detail) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return FailureKind::kResolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
      return FailureKind::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return FailureKind::kTimeout;
    case CURLE_RECV_ERROR:
      if (detail.starts_with(kProxyRefuses)) return FailureKind::kFinal;
      // A TLS 1.3 server rejects a client certificate only after the handshake.
      return detail.find("alert") != std::string_view::npos ? FailureKind::kFinal
                                                            : FailureKind::kInterrupted;
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // not from our callbacks: a compressed body is cut off
      return FailureKind::kInterrupted;
    default:
      return FailureKind::kFinal;
  }
}

std::string hint_for(CURLcode code, std::string_view detail, const base::Url& url,
                     const std::string& trusted) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return "trusted certificates: " + trusted + "; add your own with `--cert FILE`";
    case CURLE_SSL_CERTPROBLEM:
      return "give one PEM file with the certificate and its key (`--client-cert`)";
    case CURLE_COULDNT_RESOLVE_HOST:
      return base::holds_secret(url.to_string())
                 ? "check the name of the host and the network"
                 : "check the name `" + std::string(url.host()) + "` and the network";
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return "check the address of the proxy (`--proxy`)";
    case CURLE_SSL_CONNECT_ERROR:
      return "check that the server speaks TLS there, and whether a proxy is between";
    default:
      break;
  }
  if (detail.starts_with(std::string(kProxyRefuses) + "07")) {
    return "the proxy asks for a user and a password: give them in its URL (`--proxy`)";
  }
  if (detail.starts_with("CONNECT")) return "check what the proxy allows (`--proxy`)";
  if (detail.find("alert") != std::string_view::npos) {
    return "the server may want a certificate of yours (`--client-cert`)";
  }
  return "check the network, then run again";
}

std::string seconds_text(milliseconds duration) {
  std::string text(32, '\0');
  const int length =
      std::snprintf(text.data(), text.size(), "%g", static_cast<double>(duration.count()) / 1000);
  text.resize(static_cast<std::size_t>(length));
  return text + " s";
}

/// libcurl's sentences begin with a capital letter, and may contain a full stop and the time.
std::string as_clause(std::string_view sentence) {
  std::string clause(base::trim(sentence));
  const std::size_t after = clause.find(" after ");
  const std::size_t unit = clause.find(" ms", after);
  if (after != std::string::npos && unit != std::string::npos) {
    clause.erase(after, unit + 3 - after);
  }
  // What follows says the same, in words that depend on the version: "Couldn't connect to server".
  if (clause.starts_with("Failed to connect to "))
    clause.resize(std::min(clause.find(": "), clause.size()));
  // "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number"
  const std::size_t reason = clause.rfind("::");
  if (clause.find("error:") != std::string::npos && reason != std::string::npos) {
    clause = "TLS: " + clause.substr(reason + 2);
  }
  if (clause.ends_with('.')) clause.pop_back();
  const bool is_acronym = clause.size() > 1 && clause[1] >= 'A' && clause[1] <= 'Z';
  if (!clause.empty() && !is_acronym) clause[0] = base::to_lower(clause.substr(0, 1))[0];
  return clause;
}

}  // namespace

Failure failure_of(int curl_code, std::string_view detail, const base::Url& url,
                   const std::string& trusted) {
  const auto code = static_cast<CURLcode>(curl_code);
  // The message may name a host that is part of a malformed password.
  const bool is_secret = base::holds_secret(url.to_string());
  const std::string_view reason = detail.empty() || is_secret ? curl_easy_strerror(code) : detail;
  return {.kind = kind_of(code, detail),
          .reason = as_clause(base::input_without_secrets(reason)),
          .hint = hint_for(code, detail, url, trusted)};
}

Failure timeout_failure(bool connected, milliseconds timeout) {
  const std::string span = seconds_text(timeout);
  return {.kind = connected ? FailureKind::kTimeout : FailureKind::kConnect,
          .reason = connected ? "no data arrived for " + span : "no connection within " + span,
          .hint = "check the network, or allow more time (`--timeout SECONDS`)"};
}

Failure slowness_failure(std::uint64_t rate, milliseconds window) {
  return {.kind = FailureKind::kTimeout,
          .reason = "fewer than " + std::to_string(rate) + " bytes per second arrived for " +
                    seconds_text(window),
          .hint = "check the network, or allow more time (`--timeout SECONDS`)"};
}

base::Error error_of(const Failure& failure, const base::Url& url, unsigned attempts) {
  std::string message = "cannot fetch `" + url.redacted() + "`: " + failure.reason;
  if (attempts > 1) message += " (tried " + std::to_string(attempts) + " times)";
  return base::Error(base::ExitCode::kNetwork, std::move(message)).with_hint(failure.hint);
}

bool is_passing_status(int status) {
  // A large content delivery network uses 520 to 524 for failures of the server behind it.
  constexpr std::array kPassing{408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524};
  return std::ranges::find(kPassing, status) != kPassing.end();
}

std::optional<milliseconds> delay_before_retry(const RetryLimits& limits,
                                               const RetryHistory& history, const Failure& failure,
                                               double chance) {
  if (history.attempts > limits.retries || failure.kind == FailureKind::kFinal) {
    return std::nullopt;
  }
  const milliseconds delay = back_off(history.attempts, chance);
  if (failure.kind == FailureKind::kResolve || failure.kind == FailureKind::kConnect) {
    if (history.attempts >= kMostAttemptsToConnect) return std::nullopt;
    return delay / 2;
  }
  if (failure.kind != FailureKind::kStatus) return delay;
  if (!is_passing_status(failure.status)) return std::nullopt;
  if (!failure.retry_after) return delay;
  if (history.waited_for_server + *failure.retry_after > limits.retry_after_total) {
    return std::nullopt;
  }
  return std::max<milliseconds>(*failure.retry_after, delay);
}

}  // namespace ensure::net
