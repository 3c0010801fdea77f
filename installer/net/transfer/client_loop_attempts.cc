#include <exception>

#include "installer/net/transfer/client_loop.h"
#include "installer/net/transfer/failure.h"

/// The end of an attempt: a response, a redirect, a retry or an error.
namespace ensure::net {

namespace {

base::Error error_from(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const base::Error& error) {
    return error;
  } catch (const std::exception& error) {
    return {base::ExitCode::kFailure, std::string("a download failed: ") + error.what()};
  }
}

/// libcurl has parsed `Retry-After`, a number of seconds or a date; 0 if there is none.
std::optional<std::chrono::seconds> retry_after(const Transfer& transfer) {
  curl_off_t seconds = 0;
  curl_easy_getinfo(transfer.handle(), CURLINFO_RETRY_AFTER, &seconds);
  return seconds > 0 ? std::optional(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace

void ClientLoop::end_attempt(Transfer& transfer) {
  curl_multi_remove_handle(multi_.get(), transfer.handle());
  transfer.attempt().origin.release();
  running_.erase(&transfer);
}

void ClientLoop::handle_result(Transfer& transfer, CURLcode code) {
  const Attempt& attempt = transfer.attempt();
  const bool has_waited_in_vain = code == CURLE_OPERATION_TIMEDOUT && !attempt.active_since;
  if (attempt.exception) {
    finish(transfer, error_from(attempt.exception));
  } else if (attempt.must_start_over) {
    start_over(transfer);
  } else if (has_waited_in_vain ||  // for the connection of another one
                                    // The bundle of the system may have the missing certificate.
             (code == CURLE_PEER_FAILED_VERIFICATION && shared_.trust &&
              shared_.trust->read_bundle())) {
    enqueue(transfer);
  } else if (code == CURLE_OPERATION_TIMEDOUT) {
    handle_failure(transfer, timeout_failure(attempt.is_connected, settings_.timeout));
  } else if (code != CURLE_OK) {
    const std::string trusted = shared_.trust ? shared_.trust->description() : "none";
    Failure failure = failure_of(code, attempt.error_text.data(), transfer.url(), trusted);
    const bool has_proxy = settings_.proxies.for_scheme_of(transfer.url()).has_value();
    if (has_proxy && code == CURLE_COULDNT_CONNECT) {
      failure.hint = "check the address of the proxy (`--proxy`), and the network";
    }
    handle_failure(transfer, failure);
  } else if (!transfer.receiver().is_complete()) {
    handle_failure(transfer, failure_of(CURLE_PARTIAL_FILE, {}, transfer.url(), {}));
  } else {
    try {
      handle_response(transfer);
    } catch (const base::Error& error) {
      finish(transfer, error);
    }
  }
}

void ClientLoop::handle_response(Transfer& transfer) {
  const Response& response = transfer.receiver().response();
  const auto location = response.header("Location");
  if (is_redirect(response.status) && location) {
    transfer.follow(redirect_target(transfer.url(), *location, settings_.trusted_hosts));
    return enqueue(transfer);
  }
  if (response.status == 401 && find_credentials(transfer)) return enqueue(transfer);
  const Failure failure{.kind = FailureKind::kStatus,
                        .status = response.status,
                        .retry_after = retry_after(transfer)};
  if (try_later(transfer, failure)) return;
  finish(transfer, transfer.receiver().finish());
}

void ClientLoop::handle_failure(Transfer& transfer, const Failure& failure) {
  // A server that keeps cutting off a large file still delivers it in the end.
  constexpr std::uint64_t kProgress = std::uint64_t{1} << 20U;
  if (transfer.attempt().received >= kProgress) transfer.history.attempts = 1;
  if (try_later(transfer, failure)) return;
  finish(transfer, error_of(failure, transfer.url(), transfer.history.attempts));
}

void ClientLoop::start_over(Transfer& transfer) {
  if (transfer.history.attempts++ > settings_.retries.retries) {
    finish(transfer, error_of(failure_of(CURLE_PARTIAL_FILE, {}, transfer.url(), {}),
                              transfer.url(), transfer.history.attempts - 1));
    return;
  }
  transfer.restart();
  enqueue(transfer);
}

bool ClientLoop::try_later(Transfer& transfer, const Failure& failure) {
  const double chance = std::uniform_real_distribution<>(0.0, 1.0)(random_);
  const auto delay = delay_before_retry(settings_.retries, transfer.history, failure, chance);
  if (!delay) return false;
  const Clock::time_point time = Clock::now() + *delay;
  if (failure.retry_after) {
    transfer.history.waited_for_server += *failure.retry_after;
    queue_of(transfer.url()).pause_until(time);
  }
  ++transfer.history.attempts;
  transfer.restart();
  delayed_.emplace(time, &transfer);
  return true;
}

bool ClientLoop::find_credentials(Transfer& transfer) {
  const auto& sent = transfer.attempt().credentials;
  // They may also have become known while the request was running.
  const auto found = credentials_.find(transfer.url(), AskKeyring::kYes);
  return found && found != sent;
}

void ClientLoop::finish(Transfer& transfer, FetchResult result) {
  if (auto* const response = std::get_if<Response>(&result)) transfer.add_credentials(*response);
  Finished finished{.completion = transfer.take_completion(), .result = std::move(result)};
  transfers_.erase(&transfer);
  {
    const std::scoped_lock lock(mutex_);
    finished_.push_back(std::move(finished));
  }
  has_finished_.notify_one();
}

}  // namespace ensure::net
