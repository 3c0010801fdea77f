#include "installer/net/transfer/failure.h"

#include <cstdio>

#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::net {

namespace {

using Kind = Trouble::Kind;

/// What curl says where a proxy does not make a tunnel to a server: such as 407.
constexpr std::string_view kProxyRefuses = "CONNECT tunnel failed, response 4";

Kind kind_of(CURLcode code, std::string_view detail) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return Kind::kResolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
      return Kind::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::kTimeout;
    case CURLE_RECV_ERROR:
      if (detail.starts_with(kProxyRefuses)) return Kind::kFinal;
      // In TLS 1.3 a server says only after the handshake that it wanted another certificate.
      return detail.find("alert") != std::string_view::npos ? Kind::kFinal : Kind::kInterrupted;
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:  // not ours: the text of a compressed body is cut off
      return Kind::kInterrupted;
    default:
      return Kind::kFinal;
  }
}

std::string hint_for(CURLcode code, std::string_view detail, const base::Url& url,
                     const std::string& trusted) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return "trusted are the certificates of: " + trusted + "; add your own with `--cert FILE`";
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

std::string seconds_text(std::chrono::milliseconds duration) {
  std::string text(32, '\0');
  const int length =
      std::snprintf(text.data(), text.size(), "%g", static_cast<double>(duration.count()) / 1000);
  text.resize(static_cast<std::size_t>(length));
  return text + " s";
}

/// curl's sentences begin with a capital letter, may end in a full stop, and may tell how many
/// milliseconds it took to fail.
std::string as_clause(std::string_view sentence) {
  std::string clause(base::trim(sentence));
  const std::size_t after = clause.find(" after ");
  const std::size_t unit = clause.find(" ms", after);
  if (after != std::string::npos && unit != std::string::npos) {
    clause.erase(after, unit + 3 - after);
  }
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

Failure failure_of(CURLcode code, std::string_view detail, const base::Url& url,
                   const std::string& trusted) {
  // libcurl names hosts, and may have taken a part of a secret for one.
  const bool is_secret = base::holds_secret(url.to_string());
  const std::string_view reason = detail.empty() || is_secret ? curl_easy_strerror(code) : detail;
  return {.kind = kind_of(code, detail),
          .reason = as_clause(base::input_without_secrets(reason)),
          .hint = hint_for(code, detail, url, trusted)};
}

Failure timeout_failure(bool connected, std::chrono::milliseconds timeout) {
  const std::string span = seconds_text(timeout);
  return {.kind = connected ? Kind::kTimeout : Kind::kConnect,
          .reason = connected ? "nothing arrived for " + span : "no connection within " + span,
          .hint = "check the network, or allow more time (`--timeout SECONDS`)"};
}

Failure slowness_failure(std::uint64_t rate, std::chrono::milliseconds window) {
  return {.kind = Kind::kTimeout,
          .reason = "fewer than " + std::to_string(rate) + " bytes per second arrived for " +
                    seconds_text(window),
          .hint = "check the network, or allow more time (`--timeout SECONDS`)"};
}

base::Error error_of(const Failure& failure, const base::Url& url, unsigned attempts) {
  std::string message = "cannot fetch `" + url.redacted() + "`: " + failure.reason;
  if (attempts > 1) message += " (tried " + std::to_string(attempts) + " times)";
  return base::Error(base::ExitCode::kNetwork, std::move(message)).with_hint(failure.hint);
}

}  // namespace ensure::net
