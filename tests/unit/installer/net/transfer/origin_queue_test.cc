#include "installer/net/transfer/origin_queue.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure::net;
using std::chrono::seconds;

constexpr OriginQueue::TimePoint kNow{seconds(1000)};

std::size_t take_all(OriginQueue& queue) {
  std::size_t count = 0;
  while (queue.take(kNow)) ++count;
  return count;
}

void add(OriginQueue& queue, Ticket first, Ticket last, Urgency urgency) {
  for (Ticket ticket = first; ticket <= last; ++ticket) queue.add(ticket, urgency);
}

TEST_CASE("as many are under way as the server takes", "[net][OriginQueue]") {
  OriginQueue queue(8);
  add(queue, 1, 200, Urgency::kNow);
  CHECK(take_all(queue) == 8);
  queue.release();
  CHECK(take_all(queue) == 1);
  queue.set_multiplexes(true);
  CHECK(take_all(queue) == 92);
  queue.set_multiplexes(false);
  CHECK(take_all(queue) == 0);
}

TEST_CASE("room is kept for urgent requests, which go first", "[net][OriginQueue]") {
  OriginQueue queue(8);
  add(queue, 1, 20, Urgency::kSoon);
  CHECK(take_all(queue) == 6);
  add(queue, 21, 23, Urgency::kNow);
  CHECK(queue.take(kNow) == 21);
  queue.hurry(10);
  queue.hurry(3);  // it is under way already
  queue.release();
  CHECK(queue.take(kNow) == 22);
  CHECK(queue.take(kNow) == 23);
  CHECK(take_all(queue) == 0);
  queue.release();
  CHECK(queue.take(kNow) == 10);
}

TEST_CASE("one connection is enough for all", "[net][OriginQueue]") {
  OriginQueue queue(1);
  add(queue, 1, 1, Urgency::kSoon);
  CHECK(queue.take(kNow) == 1);
}

TEST_CASE("nothing is started while the server asks to wait", "[net][OriginQueue]") {
  OriginQueue queue(8);
  queue.pause_until(kNow + seconds(5));
  queue.pause_until(kNow + seconds(2));
  CHECK_FALSE(queue.wakes_at(kNow));
  add(queue, 1, 1, Urgency::kNow);
  CHECK_FALSE(queue.take(kNow));
  CHECK(queue.wakes_at(kNow) == kNow + seconds(5));
  CHECK(queue.take(kNow + seconds(5)) == 1);
}

}  // namespace
