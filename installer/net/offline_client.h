#pragma once

#include <deque>
#include <utility>

#include "installer/net/http_client.h"

namespace ensure::net {

/// The client of `--offline`: there is nothing in it that could open a socket.
class OfflineClient : public HttpClient {
 public:
  Ticket start(Request request, Completion completion,
               std::shared_ptr<BodySink> sink = nullptr) override;
  void hurry(Ticket /*ticket*/) override {}
  bool wait() override;

 private:
  std::deque<std::pair<base::Url, Completion>> refused_;
  Ticket last_ticket_ = 0;
};

}  // namespace ensure::net
