#pragma once

#include <curl/curl.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "installer/net/credentials/credentials.h"
#include "installer/net/transfer/transfer.h"

namespace ensure::net {

/// A thread that runs requests with libcurl: starts them, and completes, repeats or redirects them
/// when an attempt ends.
class ClientLoop {
 public:
  /// Both must outlive this. Throws `base::Error` if no thread can be started.
  ClientLoop(const ClientSettings& settings, CredentialStore& credentials);
  /// Abandons all requests.
  ~ClientLoop();
  ClientLoop(const ClientLoop&) = delete;
  ClientLoop& operator=(const ClientLoop&) = delete;

  // For the thread of the caller:
  void start(Request request, Completion completion, std::shared_ptr<BodySink> sink);
  struct Finished {
    Completion completion;
    FetchResult result;
  };
  /// Waits for a result, at most for `timeout`.
  [[nodiscard]] std::optional<Finished> take_result(std::chrono::milliseconds timeout);

 private:
  void run();
  /// Moves new requests to their queues. Returns false if the client is destroyed.
  bool take_requests();
  [[nodiscard]] OriginQueue& queue_of(const base::Url& url);
  void enqueue(Transfer& transfer);
  void enqueue_due(Clock::time_point now);
  void start_ready(Clock::time_point now);
  void start_attempt(Transfer& transfer, OriginQueue& queue);
  void handle_messages();
  /// Ends attempts that receive nothing for too long, or too slowly.
  void check_progress(Clock::time_point now);
  [[nodiscard]] int milliseconds_to_wait(Clock::time_point now) const;

  // The end of an attempt: a response, a redirect, a retry or an error.
  void end_attempt(Transfer& transfer);
  void handle_result(Transfer& transfer, CURLcode code);
  void handle_response(Transfer& transfer);
  void handle_failure(Transfer& transfer, const Failure& failure);
  void start_over(Transfer& transfer);
  [[nodiscard]] bool try_later(Transfer& transfer, const Failure& failure);
  /// Whether there are other credentials than those that were sent. May run the `keyring` command.
  [[nodiscard]] bool find_credentials(Transfer& transfer);
  void finish(Transfer& transfer, FetchResult result);

  const ClientSettings& settings_;
  CredentialStore& credentials_;
  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi_;
  std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;

  // For the loop's own thread:
  SharedState shared_;
  Clock::time_point last_check_ = Clock::now();  ///< when `check_progress` last ran
  std::minstd_rand random_{std::random_device{}()};
  /// All that are not complete.
  std::unordered_map<const Transfer*, std::unique_ptr<Transfer>> transfers_;
  std::unordered_set<Transfer*> running_;
  std::map<std::string, OriginQueue> queues_;            ///< by origin
  std::multimap<Clock::time_point, Transfer*> delayed_;  ///< when each is tried again

  // For both threads:
  std::mutex mutex_;
  std::condition_variable has_finished_;
  std::vector<std::unique_ptr<Transfer>> new_;
  std::deque<Finished> finished_;
  bool stops_ = false;

  std::thread thread_;
};

}  // namespace ensure::net
