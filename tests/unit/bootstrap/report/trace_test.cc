#include <nlohmann/json.hpp>
#include <thread>

#include "bootstrap/report/progress.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure;

TEST_CASE("a trace holds every step with its thread", "[bootstrap][trace]") {
  const tests::TempDir temp;
  bootstrap::StepListener steps(false, temp / "trace.json");
  {
    const base::Step outer(steps, "outer");
    std::thread([&] { const base::Step inner(steps, "inner \"quoted\" \xFF"); }).join();
  }
  steps.write_trace();
  const nlohmann::json read = nlohmann::json::parse(base::read_file(temp / "trace.json"));
  const nlohmann::json& events = read.at("traceEvents");
  REQUIRE(events.size() == 2);
  CHECK(events[1].at("name") == "outer");
  CHECK(events[1].at("ph") == "X");
  CHECK(events[0].at("tid") != events[1].at("tid"));
  CHECK(events[1].at("dur") >= events[0].at("dur"));
}

}  // namespace
