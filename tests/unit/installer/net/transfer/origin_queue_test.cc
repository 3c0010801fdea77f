#include <deque>

#include "installer/net/transfer/transfer.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;
using std::chrono::seconds;

constexpr OriginQueue::TimePoint kNow{seconds(1000)};

std::deque<Transfer> transfers(std::size_t count) {
  std::deque<Transfer> made;
  while (made.size() < count) {
    made.emplace_back(Request{.url = base::Url::parse("https://host/")}, nullptr, nullptr);
  }
  return made;
}

std::size_t take_all(OriginQueue& queue) {
  std::size_t count = 0;
  while (queue.take(kNow) != nullptr) ++count;
  return count;
}

TEST_CASE("as many are under way as the server takes", "[net][OriginQueue]") {
  OriginQueue queue(8);
  std::deque<Transfer> requests = transfers(200);
  for (Transfer& request : requests) queue.add(request);
  CHECK(queue.take(kNow) == &requests[0]);
  CHECK(queue.take(kNow) == &requests[1]);
  CHECK(take_all(queue) == 6);
  CHECK_FALSE(queue.ready_at());
  queue.release();
  CHECK(take_all(queue) == 1);
  queue.set_multiplexes(true);
  CHECK(take_all(queue) == 92);
  queue.set_multiplexes(false);
  CHECK(take_all(queue) == 0);
}

TEST_CASE("one connection is enough for all", "[net][OriginQueue]") {
  OriginQueue queue(0);
  std::deque<Transfer> requests = transfers(1);
  queue.add(requests[0]);
  CHECK(queue.take(kNow) == &requests[0]);
}

TEST_CASE("nothing is started while the server asks to wait", "[net][OriginQueue]") {
  OriginQueue queue(8);
  queue.pause_until(kNow + seconds(5));
  queue.pause_until(kNow + seconds(2));
  CHECK_FALSE(queue.ready_at());
  std::deque<Transfer> requests = transfers(1);
  queue.add(requests[0]);
  CHECK_FALSE(queue.take(kNow));
  CHECK(queue.ready_at() == kNow + seconds(5));
  CHECK(queue.take(kNow + seconds(5)) == &requests[0]);
}

}  // namespace
