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
#include "installer/net/transfer/pace.h"
#include "installer/net/transfer/origin_queue.h"
#include "installer/net/transfer/transfer.h"

namespace ensure::net {

/// What the client's own thread does: starts requests, hands what arrives to them, and decides what
/// becomes of each attempt.
class ClientLoop {
 public:
  ClientLoop(const ClientSettings& settings, CURLM* multi, Mailbox& mailbox,
             CredentialStore& credentials);
  ~ClientLoop();
  ClientLoop(const ClientLoop&) = delete;
  ClientLoop& operator=(const ClientLoop&) = delete;

  /// Returns when the mailbox says so.
  void run();

 private:
  /// A request under way, and the queue it takes a place in.
  struct Running {
    Transfer* transfer;
    OriginQueue* queue;
    Pace pace;
    std::uint64_t noted;  ///< the bytes of the transfer that the queue has counted
  };
  struct Question {
    bool is_answered = false;
    std::vector<Ticket> waiting;
  };

  void handle(Command command);
  void start(StartCommand command);
  void hurry(Ticket ticket);
  void take_answer(const KeyringAnswer& answer);

  [[nodiscard]] OriginQueue& queue_of(const base::Url& url);
  void enqueue(Transfer& transfer);
  void enqueue_due(Clock::time_point now);
  void start_ready(Clock::time_point now);
  void start_attempt(Transfer& transfer, OriginQueue& queue);
  /// Reads the trusted certificates while the first connection is being made.
  void read_trust();
  /// Whether the protocol of a server became known, so that more may start.
  [[nodiscard]] bool learn_protocols();
  /// Whether an attempt ended.
  [[nodiscard]] bool handle_messages();
  void check_timeouts(Clock::time_point now);
  /// Ends attempts that receive bytes too slowly.
  void check_pace(Clock::time_point now);
  static void note_received(Running& running);
  [[nodiscard]] int milliseconds_to_wait(Clock::time_point now) const;

  // What becomes of an attempt that ended.
  Transfer& complete(Ticket ticket);
  void handle_result(Transfer& transfer, CURLcode code);
  void handle_response(Transfer& transfer);
  void handle_failure(Transfer& transfer, const Failure& failure);
  void start_over(Transfer& transfer);
  [[nodiscard]] bool try_later(Transfer& transfer, const Trouble& trouble);
  [[nodiscard]] bool find_credentials(Transfer& transfer);
  void finish(Transfer& transfer, FetchResult outcome);

  const ClientSettings& settings_;
  CURLM* multi_;
  Mailbox& mailbox_;
  std::unique_ptr<CURLSH, CURLSHcode (*)(CURLSH*)> share_;
  Surroundings surroundings_;
  bool trust_is_read_ = false;
  Clock::time_point last_check_ = Clock::now();  ///< when `check_pace` last ran
  CredentialStore& credentials_;
  std::minstd_rand chance_{std::random_device{}()};

  std::unordered_map<Ticket, std::unique_ptr<Transfer>> transfers_;  ///< all that are not over
  std::unordered_map<Ticket, Running> running_;
  std::map<std::string, OriginQueue> queues_;         ///< by origin
  std::multimap<Clock::time_point, Ticket> delayed_;  ///< when each is tried again
  std::map<std::pair<std::string, std::optional<std::string>>, Question> questions_;
};

}  // namespace ensure::net
