#pragma once

#include <curl/curl.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/net/credentials/credentials.h"
#include "installer/net/transfer/mailbox.h"
#include "installer/net/transfer/origin_queue.h"
#include "installer/net/transfer/transfer.h"

namespace ensure::net {

/// The work of the client's own thread: starts requests, and completes, repeats or redirects them
/// when an attempt ends.
class ClientLoop {
 public:
  ClientLoop(const ClientSettings& settings, CURLM* multi, Mailbox& mailbox,
             CredentialStore& credentials);
  ~ClientLoop();
  ClientLoop(const ClientLoop&) = delete;
  ClientLoop& operator=(const ClientLoop&) = delete;

  /// Returns after `Mailbox::stop`.
  void run();

  // The commands of the caller.
  void start(Ticket ticket, Request request, std::shared_ptr<BodySink> sink);
  void hurry(Ticket ticket);
  void finish_lookup(const KeyringRequest& request, const std::optional<Credentials>& found);

 private:
  struct Running {
    Transfer* transfer;
    OriginQueue* queue;
    SpeedCheck speed;
    std::uint64_t noted;  ///< the received bytes that the queue has counted
  };
  /// A call of the `keyring` command, and the requests that wait for it.
  struct KeyringLookup {
    bool is_done = false;
    std::vector<Ticket> waiting;
  };

  [[nodiscard]] OriginQueue& queue_of(const base::Url& url);
  void enqueue(Transfer& transfer);
  void enqueue_due(Clock::time_point now);
  void start_ready(Clock::time_point now);
  void start_attempt(Transfer& transfer, OriginQueue& queue);
  /// Reads the trusted certificates while the first connection is being made.
  void read_trust();
  /// Returns whether the protocol of a server became known, so that more may start.
  [[nodiscard]] bool learn_protocols();
  /// Returns whether an attempt ended.
  [[nodiscard]] bool handle_messages();
  void check_timeouts(Clock::time_point now);
  /// Ends attempts that receive bytes too slowly.
  void check_speed(Clock::time_point now);
  static void note_received(Running& running);
  [[nodiscard]] int milliseconds_to_wait(Clock::time_point now) const;

  // Defined in client_loop_attempts.cc: the end of an attempt.
  Transfer& complete(Ticket ticket);
  void handle_result(Transfer& transfer, CURLcode code);
  void handle_response(Transfer& transfer);
  void handle_failure(Transfer& transfer, const Failure& failure);
  void start_over(Transfer& transfer);
  [[nodiscard]] bool try_later(Transfer& transfer, const Failure& failure);
  [[nodiscard]] bool find_credentials(Transfer& transfer);
  void finish(Transfer& transfer, FetchResult result);

  const ClientSettings& settings_;
  CURLM* multi_;
  Mailbox& mailbox_;
  std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;
  SharedState shared_;
  bool trust_is_read_ = false;
  Clock::time_point last_check_ = Clock::now();  ///< when `check_speed` last ran
  CredentialStore& credentials_;
  std::minstd_rand random_{std::random_device{}()};

  std::unordered_map<Ticket, std::unique_ptr<Transfer>> transfers_;  ///< all that are not complete
  std::unordered_map<Ticket, Running> running_;
  std::map<std::string, OriginQueue> queues_;         ///< by origin
  std::multimap<Clock::time_point, Ticket> delayed_;  ///< when each is tried again
  std::map<std::pair<std::string, std::optional<std::string>>, KeyringLookup> lookups_;
};

}  // namespace ensure::net
