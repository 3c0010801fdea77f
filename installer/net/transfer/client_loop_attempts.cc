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

Transfer& ClientLoop::complete(Ticket ticket) {
  const auto found = running_.find(ticket);
  Transfer& transfer = *found->second.transfer;
  curl_multi_remove_handle(multi_, transfer.handle());
  note_progress(found->second);
  found->second.queue->release();
  running_.erase(found);
  return transfer;
}

void ClientLoop::handle_result(Transfer& transfer, CURLcode code) {
  if (transfer.exception()) {
    finish(transfer, error_from(transfer.exception()));
  } else if (transfer.must_start_over()) {
    start_over(transfer);
  } else if (code == CURLE_OPERATION_TIMEDOUT &&
             !transfer.active_since()) {  // NOLINT(bugprone-branch-clone)
    enqueue(transfer);                    // it waited too long for the connection of another one
  } else if (code == CURLE_PEER_FAILED_VERIFICATION && shared_.trust_store &&
             shared_.trust_store->read_bundle()) {
    enqueue(transfer);  // the bundle may have the missing certificate
  } else if (code == CURLE_OPERATION_TIMEDOUT) {
    handle_failure(transfer, timeout_failure(transfer.is_connected(), settings_.timeout));
  } else if (code != CURLE_OK) {
    const std::string trusted = shared_.trust_store ? shared_.trust_store->description() : "none";
    Failure failure = failure_of(code, transfer.detail(), transfer.url(), trusted);
    const bool has_proxy = settings_.proxies.for_scheme_of(transfer.url()).has_value();
    if (has_proxy && code == CURLE_COULDNT_CONNECT) {
      failure.hint = "check the address of the proxy (`--proxy`), and the network";
    }
    handle_failure(transfer, failure);
  } else if (!transfer.receiver().is_complete()) {
    handle_failure(transfer, failure_of(CURLE_PARTIAL_FILE, {}, transfer.url(), {}));
  } else {
    handle_response(transfer);
  }
}

void ClientLoop::handle_response(Transfer& transfer) {
  const Response& response = transfer.receiver().response();
  const auto location = response.header("Location");
  if (is_redirect(response.status) && location) {
    try {
      transfer.follow(redirect_target(transfer.url(), *location, settings_.trusted_hosts));
    } catch (const base::Error& error) {
      finish(transfer, error);
      return;
    }
    enqueue(transfer);
    return;
  }
  if (response.status == 401 && find_credentials(transfer)) return;
  const Failure failure{.kind = FailureKind::kStatus,
                        .status = response.status,
                        .retry_after = retry_after(transfer)};
  if (try_later(transfer, failure)) return;
  finish(transfer, transfer.receiver().finish());
}

void ClientLoop::handle_failure(Transfer& transfer, const Failure& failure) {
  // A server that keeps cutting off a large file still delivers it in the end.
  constexpr std::uint64_t kProgress = std::uint64_t{1} << 20U;
  if (transfer.receiver().received_in_attempt() >= kProgress) transfer.history.attempts = 1;
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
  delayed_.emplace(time, transfer.ticket());
  return true;
}

bool ClientLoop::find_credentials(Transfer& transfer) {
  const base::Url& url = transfer.url();
  const auto known = credentials_.find(url);
  if (known && known != transfer.credentials()) {
    enqueue(transfer);  // they became known while this one was running
    return true;
  }
  const bool has_password = transfer.credentials() && !transfer.credentials()->password.empty();
  if (!settings_.keyring || has_password) return false;
  const auto user = credentials_.user_without_password(url);
  KeyringLookup& lookup = lookups_[{url.origin(), user}];
  if (lookup.is_done) return false;
  lookup.waiting.push_back(transfer.ticket());
  if (lookup.waiting.size() == 1) mailbox_.post(KeyringRequest{.url = url, .user = user});
  return true;
}

void ClientLoop::finish_lookup(const KeyringRequest& request,
                               const std::optional<Credentials>& found) {
  KeyringLookup& lookup = lookups_[{request.url.origin(), request.user}];
  lookup.is_done = true;
  if (found) credentials_.learn(request.url, *found);
  for (const Ticket ticket : std::exchange(lookup.waiting, {})) {
    Transfer& transfer = *transfers_.at(ticket);
    if (found) {
      enqueue(transfer);
    } else {
      finish(transfer, transfer.receiver().finish());
    }
  }
}

void ClientLoop::finish(Transfer& transfer, FetchResult result) {
  const Ticket ticket = transfer.ticket();
  if (auto* const response = std::get_if<Response>(&result)) transfer.add_credentials(*response);
  transfers_.erase(ticket);
  mailbox_.post(FinishedEvent{.ticket = ticket, .result = std::move(result)});
}

}  // namespace ensure::net
