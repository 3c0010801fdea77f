#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "installer/base/url.h"

namespace ensure::tests {

struct LoopbackRequest {
  std::string target;                          ///< such as "/simple/?x=1"
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::size_t number;                          ///< how many came before, on all connections

  [[nodiscard]] std::string header(const std::string& name) const;
};

/// What a handler may do to a client.
class LoopbackConnection {
 public:
  explicit LoopbackConnection(int socket) : socket_(socket) {}

  void send(std::string_view bytes) const;
  /// An answer with `Content-Length`; `headers` are whole lines, each with its "\r\n".
  void respond(int status, std::string_view body, std::string_view headers = {}) const;
  /// Ends the connection after this answer.
  void close() { closes_ = true; }
  [[nodiscard]] bool closes() const { return closes_; }

 private:
  int socket_;
  bool closes_ = false;
};

/// A server on 127.0.0.1, HTTP/1.1 without TLS, with a thread for each connection.
class LoopbackServer {
 public:
  using Handler = std::function<void(const LoopbackRequest&, LoopbackConnection&)>;

  explicit LoopbackServer(Handler handler);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  [[nodiscard]] base::Url url(const std::string& path) const;
  [[nodiscard]] std::string address() const;  ///< "127.0.0.1:PORT"
  [[nodiscard]] std::vector<LoopbackRequest> requests() const;
  [[nodiscard]] std::size_t connections() const { return connections_; }
  /// The most connections that were open at a time.
  [[nodiscard]] std::size_t most_open() const { return most_open_; }

 private:
  void accept_all();
  void serve(int socket);

  Handler handler_;
  int listener_;
  int port_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::size_t> open_ = 0;
  std::atomic<std::size_t> most_open_ = 0;
  mutable std::mutex mutex_;
  std::vector<LoopbackRequest> requests_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace ensure::tests
