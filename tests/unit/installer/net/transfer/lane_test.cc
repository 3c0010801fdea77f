#include "installer/net/transfer/lane.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure::net;
using std::chrono::seconds;

constexpr Lane::TimePoint kNow{seconds(1000)};

std::size_t take_all(Lane& lane) {
  std::size_t count = 0;
  while (lane.take(kNow)) ++count;
  return count;
}

void add(Lane& lane, Ticket first, Ticket last, Urgency urgency) {
  for (Ticket ticket = first; ticket <= last; ++ticket) lane.add(ticket, urgency);
}

TEST_CASE("as many are under way as the server takes", "[net][Lane]") {
  Lane lane(8);
  add(lane, 1, 200, Urgency::kNow);
  CHECK(take_all(lane) == 8);
  lane.release();
  CHECK(take_all(lane) == 1);
  lane.set_multiplexes(true);
  CHECK(take_all(lane) == 92);
  lane.set_multiplexes(false);
  CHECK(take_all(lane) == 0);
}

TEST_CASE("room is kept for urgent requests, which go first", "[net][Lane]") {
  Lane lane(8);
  add(lane, 1, 20, Urgency::kSoon);
  CHECK(take_all(lane) == 6);
  add(lane, 21, 23, Urgency::kNow);
  CHECK(lane.take(kNow) == 21);
  lane.hurry(10);
  lane.hurry(3);  // it is under way already
  lane.release();
  CHECK(lane.take(kNow) == 22);
  CHECK(lane.take(kNow) == 23);
  CHECK(take_all(lane) == 0);
  lane.release();
  CHECK(lane.take(kNow) == 10);
}

TEST_CASE("one connection is enough for all", "[net][Lane]") {
  Lane lane(1);
  add(lane, 1, 1, Urgency::kSoon);
  CHECK(lane.take(kNow) == 1);
}

TEST_CASE("nothing is started while the server asks to wait", "[net][Lane]") {
  Lane lane(8);
  lane.pause_until(kNow + seconds(5));
  lane.pause_until(kNow + seconds(2));
  CHECK_FALSE(lane.wakes_at(kNow));
  add(lane, 1, 1, Urgency::kNow);
  CHECK_FALSE(lane.take(kNow));
  CHECK(lane.wakes_at(kNow) == kNow + seconds(5));
  CHECK(lane.take(kNow + seconds(5)) == 1);
}

}  // namespace
