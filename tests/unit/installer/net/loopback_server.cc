#include "loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "installer/base/text.h"

namespace ensure::tests {

namespace {

/// Reads up to the empty line; none where the client has gone.
std::optional<std::string> read_head(int socket, std::string& unread) {
  std::size_t end = unread.find("\r\n\r\n");
  while (end == std::string::npos) {
    std::string piece(4096, '\0');
    const ssize_t count = recv(socket, piece.data(), piece.size(), 0);
    if (count <= 0) return std::nullopt;
    unread.append(piece, 0, static_cast<std::size_t>(count));
    end = unread.find("\r\n\r\n");
  }
  std::string head = unread.substr(0, end);
  unread.erase(0, end + 4);
  return head;
}

LoopbackRequest parse_head(std::string_view head) {
  LoopbackRequest request{};
  const auto lines = base::split_lines(head);
  const auto words = base::split(lines.front(), ' ');
  request.target = words.at(1);
  for (const std::string_view line : lines) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || line == lines.front()) continue;
    request.headers[base::to_lower(line.substr(0, colon))] = base::trim(line.substr(colon + 1));
  }
  return request;
}

}  // namespace

std::string LoopbackRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

void LoopbackConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void LoopbackConnection::respond(int status, std::string_view body,
                                 std::string_view headers) const {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " Said\r\n";
  text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  text.append(headers).append("\r\n").append(body);
  send(text);
}

LoopbackServer::LoopbackServer(Handler handler)
    : handler_(std::move(handler)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, length) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, generic, &length) != 0) {
    throw std::runtime_error("no loopback server");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

base::Url LoopbackServer::url(const std::string& path) const {
  return base::Url::parse("http://" + address() + path);
}

std::string LoopbackServer::address() const { return "127.0.0.1:" + std::to_string(port_); }

std::vector<LoopbackRequest> LoopbackServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void LoopbackServer::accept_all() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++connections_;
    most_open_ = std::max<std::size_t>(most_open_, ++open_);
    const std::scoped_lock lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackServer::serve(int socket) {
  LoopbackConnection connection(socket);
  std::string unread;
  while (!connection.closes()) {
    const auto head = read_head(socket, unread);
    if (!head) break;
    LoopbackRequest request = parse_head(*head);
    {
      const std::scoped_lock lock(mutex_);
      request.number = requests_.size();
      requests_.push_back(request);
    }
    handler_(request, connection);
  }
  --open_;
  shutdown(socket, SHUT_RDWR);
}

}  // namespace ensure::tests
