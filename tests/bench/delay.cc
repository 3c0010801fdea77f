// A TCP proxy that lies as far away as a server in another country.
//
//     delay LISTEN_PORT TARGET_PORT MILLISECONDS
//
// Bytes arrive half of MILLISECONDS after they were sent, in each direction, whatever their number:
// there is latency, and no limit of bandwidth. What a client sends first comes a whole round trip
// later still, as connecting would have taken that. Used where the kernel has no `netem`.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr std::size_t kPiece = 256 << 10;
constexpr std::size_t kMostInFlight = 64 << 20;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_up(int socket) {
  const int yes = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(socket, F_SETFL, O_NONBLOCK);
}

/// Bytes on their way from one socket to the other; the end of the stream is an empty piece.
struct Direction {
  int from;
  int to;
  nanoseconds delay;
  nanoseconds extra;  // for what is sent first

  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };
  std::deque<Piece> pieces = {};
  std::size_t sent = 0;  // of the first of them
  std::size_t in_flight = 0;
  bool is_over = false;  // nothing more is read
  bool is_done = false;  // nothing more is written

  void read_some() {
    static char buffer[kPiece];
    const ssize_t count = recv(from, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    std::string bytes(buffer, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    is_over = bytes.empty();
    in_flight += bytes.size();
    pieces.push_back({Clock::now() + delay + extra, std::move(bytes)});
    if (pieces.size() > 1) {
      pieces.back().due = std::max(pieces.back().due, pieces[pieces.size() - 2].due);
    }
    extra = nanoseconds(0);
  }

  bool is_due(Clock::time_point now) const { return !pieces.empty() && pieces.front().due <= now; }

  void write_some() {
    while (is_due(Clock::now())) {
      std::string& bytes = pieces.front().bytes;
      if (bytes.empty()) {
        shutdown(to, SHUT_WR);
        is_done = true;
        pieces.clear();
        return;
      }
      const ssize_t count = send(to, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (count < 0) {
        is_over = is_done = true;
        pieces.clear();
        return;
      }
      in_flight -= static_cast<std::size_t>(count);
      sent += static_cast<std::size_t>(count);
      if (sent < bytes.size()) return;
      sent = 0;
      pieces.pop_front();
    }
  }
};

struct Connection {
  Direction up;
  Direction down;
};

void add(std::vector<pollfd>& watched, const Direction& direction, Clock::time_point now,
         std::optional<Clock::time_point>& next) {
  if (!direction.is_over && direction.in_flight < kMostInFlight) {
    watched.push_back({direction.from, POLLIN, 0});
  }
  if (direction.is_due(now)) {
    watched.push_back({direction.to, POLLOUT, 0});
  } else if (!direction.pieces.empty()) {
    const Clock::time_point due = direction.pieces.front().due;
    next = next ? std::min(*next, due) : due;
  }
}

void wait_for_any(std::vector<pollfd>& watched, std::optional<Clock::time_point> next) {
  timespec left{};
  if (next) {
    const auto wait = std::max(nanoseconds(0), nanoseconds(*next - Clock::now()));
    left.tv_sec = static_cast<time_t>(wait.count() / 1'000'000'000);
    left.tv_nsec = static_cast<long>(wait.count() % 1'000'000'000);
  }
  ppoll(watched.data(), watched.size(), next ? &left : nullptr, nullptr);
}

void accept_one(int listener, int target, nanoseconds delay, std::list<Connection>& connections) {
  const int client = accept(listener, nullptr, nullptr);
  if (client < 0) return;
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(target);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(server);
    close(client);
    return;
  }
  set_up(client);
  set_up(server);
  connections.push_back({{client, server, delay, 2 * delay}, {server, client, delay, {}}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = loopback(std::atoi(argv[1]));
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 1;
  listen(listener, 64);
  const auto delay = nanoseconds(static_cast<long>(std::atof(argv[3]) / 2 * 1e6));
  std::list<Connection> connections;
  while (true) {
    std::vector<pollfd> watched{{listener, POLLIN, 0}};
    std::optional<Clock::time_point> next;
    const Clock::time_point now = Clock::now();
    for (Connection& each : connections) {
      add(watched, each.up, now, next);
      add(watched, each.down, now, next);
    }
    wait_for_any(watched, next);
    const auto is_ready = [&watched](int socket, short events) {
      return std::any_of(watched.begin(), watched.end(), [&](const pollfd& entry) {
        return entry.fd == socket && (entry.events & events) != 0 && entry.revents != 0;
      });
    };
    for (Connection& each : connections) {
      for (Direction* direction : {&each.up, &each.down}) {
        if (is_ready(direction->from, POLLIN) && !direction->is_over) direction->read_some();
        direction->write_some();
      }
    }
    if (watched.front().revents != 0) accept_one(listener, std::atoi(argv[2]), delay, connections);
    connections.remove_if([](const Connection& each) {
      const bool is_over = each.up.is_done || each.down.is_done;
      if (is_over) {
        close(each.up.from);
        close(each.up.to);
      }
      return is_over;
    });
  }
}
