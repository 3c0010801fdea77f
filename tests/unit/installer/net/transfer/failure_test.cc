#include "installer/net/transfer/failure.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure::net;
using Kind = FailureKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<milliseconds> delay(const Failure& failure, unsigned attempts, double chance = 0,
                                  milliseconds waited = milliseconds(0)) {
  return delay_before_retry({.retries = 5, .retry_after_total = seconds(60)},
                            {.attempts = attempts, .waited_for_server = waited}, failure, chance);
}

TEST_CASE("delays double and end", "[net][retry_policy]") {
  const Failure failure{.kind = Kind::kInterrupted};
  CHECK(delay(failure, 1) == milliseconds(200));
  CHECK(delay(failure, 2) == milliseconds(400));
  CHECK(delay(failure, 5) == milliseconds(3200));
  CHECK_FALSE(delay(failure, 6));
  CHECK(delay(failure, 1, 1.0) == milliseconds(100));
  CHECK(delay(failure, 1, 0.5) == milliseconds(150));
  const RetryLimits patient{.retries = 100};
  CHECK(delay_before_retry(patient, {.attempts = 50}, failure, 0) == milliseconds(8000));
  CHECK_FALSE(delay_before_retry({.retries = 0}, {.attempts = 1}, failure, 0));
}

TEST_CASE("a host that is not there is asked three times", "[net][retry_policy]") {
  for (const Kind kind : {Kind::kResolve, Kind::kConnect}) {
    CHECK(delay({.kind = kind}, 1) == milliseconds(100));
    CHECK(delay({.kind = kind}, 2) == milliseconds(200));
    CHECK_FALSE(delay({.kind = kind}, 3));
  }
}

TEST_CASE("only what may pass is asked again", "[net][retry_policy]") {
  for (const int status : {408, 425, 429, 500, 502, 503, 504, 520, 524}) {
    CHECK(delay({.kind = Kind::kStatus, .status = status}, 1));
  }
  for (const int status : {200, 206, 304, 400, 401, 403, 404, 410, 416, 501, 505, 511, 599}) {
    CHECK_FALSE(delay({.kind = Kind::kStatus, .status = status}, 1));
  }
  CHECK(delay({.kind = Kind::kTimeout}, 1));
  CHECK_FALSE(delay({.kind = Kind::kFinal}, 1));
}

TEST_CASE("a server may say when, up to a total", "[net][retry_policy]") {
  const auto asks = [](int wait) {
    return Failure{.kind = Kind::kStatus, .status = 429, .retry_after = seconds(wait)};
  };
  CHECK(delay(asks(30), 1) == seconds(30));
  CHECK(delay(asks(0), 1) == milliseconds(200));
  CHECK(delay(asks(60), 1) == seconds(60));
  CHECK_FALSE(delay(asks(61), 1));
  CHECK_FALSE(delay(asks(31), 1, 0, seconds(30)));
  CHECK(delay(asks(30), 1, 0, seconds(30)) == seconds(30));
}

}  // namespace
