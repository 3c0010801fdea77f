#include <chrono>
#include <deque>
#include <variant>

#include "fake_index.h"
#include "installer/index/candidates/index_provider.h"
#include "installer/resolve/resolve.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

using tests::FakeHttpClient;
using tests::FakeIndex;

/// A client in which time is counted in round trips: everything that is asked for until somebody
/// waits is answered in the next one.
class RoundClient : public net::HttpClient {
 public:
  explicit RoundClient(FakeHttpClient& server) : server_(server) {}

  void start(net::Request request, net::Completion completion,
             std::shared_ptr<net::BodySink> sink) override {
    next_.push_back({std::move(request), std::move(completion), std::move(sink)});
    ++requests;
  }
  bool wait() override {
    if (current_.empty()) {
      if (next_.empty()) return false;
      ++rounds;
      current_ = std::exchange(next_, {});
    }
    auto [request, completion, sink] = std::move(current_.front());
    current_.pop_front();
    server_.start(std::move(request), std::move(completion), std::move(sink));
    return server_.wait();
  }

  std::uint64_t rounds = 0;
  std::uint64_t requests = 0;

 private:
  struct Pending {
    net::Request request;
    net::Completion completion;
    std::shared_ptr<net::BodySink> sink;
  };

  FakeHttpClient& server_;
  std::deque<Pending> next_;
  std::deque<Pending> current_;
};

struct Run {
  std::uint64_t rounds;
  std::uint64_t requests;
  std::string projects;
};

Run solve(FakeHttpClient& server, const FakeIndex& index, const cache::Cache& cache,
          const std::vector<std::string>& wanted) {
  RoundClient client(server);
  const specs::TargetPython target = tests::linux_target();
  IndexSettings settings;
  settings.indexes = {index.url()};
  Downloader downloader(client, cache);
  IndexProvider provider(target, settings, client, cache, downloader);
  resolve::Problem problem;
  problem.requirements = tests::requirements(wanted);
  problem.environment = target.environment;
  problem.python_version = target.version;
  provider.expect(problem.requirements);
  const auto outcome = resolve::resolve(problem, provider);
  Run run{client.rounds, client.requests, {}};
  REQUIRE(std::holds_alternative<resolve::Resolution>(outcome));
  for (const auto& project : std::get<resolve::Resolution>(outcome).projects) {
    run.projects += project.name.normalized() + '-' + project.version.to_string() + ' ';
  }
  return run;
}

/// A set like those of the web: 31 projects, some versions of each, five levels deep.
void fill(FakeIndex& index) {
  const auto name = [](int level, int place) {
    return "p" + std::to_string(level) + "-" + std::to_string(place);
  };
  constexpr int kLevels = 5;
  constexpr int kWidth = 6;
  for (int level = 0; level < kLevels; ++level) {
    for (int place = 0; place < kWidth; ++place) {
      for (int version = 1; version <= 4; ++version) {
        std::vector<std::string> needs;
        if (level + 1 < kLevels) {
          needs = {name(level + 1, place) + ">=2",
                   name(level + 1, (place + 1) % kWidth) + "<9; python_version >= '3.8'",
                   name(level + 1, (place + 2) % kWidth) + "; sys_platform == 'win32'",
                   "never; extra == 'more'"};
        }
        std::string project = name(level, place);
        std::string stem = project;
        std::ranges::replace(stem, '-', '_');
        const std::string text = std::to_string(version) + ".0";
        index.add(project, {.filename = stem + '-' + text + "-py3-none-any.whl",
                            .body = tests::wheel_bytes(stem, text, needs),
                            .metadata = tests::metadata_text(stem, text, needs),
                            .announces_metadata = true});
      }
    }
  }
}

TEST_CASE("round trips grow with the depth, not with the number of projects",
          "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  fill(index);
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  const Run cold = solve(server, index, cache, {"p0-0", "p0-1", "p0-2", "p0-3", "p0-4", "p0-5"});
  // For each level its pages, and then the metadata of the versions that are taken.
  CHECK(cold.rounds == 10);
  CHECK(cold.requests == 60);
  const Run warm = solve(server, index, cache, {"p0-0", "p0-1", "p0-2", "p0-3", "p0-4", "p0-5"});
  CHECK(warm.projects == cold.projects);
  // Nobody has said how long the pages may be used, so they are asked for again; now that the
  // metadata are at hand, only the pages are.
  CHECK(warm.requests == 30);
  // What the versions depended on then is asked for at once, not level by level.
  CHECK(warm.rounds == 1);
}

TEST_CASE("what was right before is good for guesses only", "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  index.add("app", "1.0", {"old"});
  index.add("old", "1.0", {"older"});
  index.add("older", "1.0");
  index.add("young", "1.0");
  const tests::TempDir directory;
  const cache::Cache cache(directory / "cache");
  CHECK(solve(server, index, cache, {"app"}).projects == "older-1.0 old-1.0 app-1.0 ");
  index.add("app", "2.0", {"young"});
  index.add("old", "0.1");
  CHECK(solve(server, index, cache, {"app"}).projects == "young-1.0 app-2.0 ");
  CHECK(solve(server, index, cache, {"app<2"}).projects == "older-1.0 old-1.0 app-1.0 ");
}

TEST_CASE("two projects that go down their versions together take few round trips",
          "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  constexpr int kVersions = 200;
  for (int version = 1; version <= kVersions; ++version) {
    const std::string text = std::to_string(version) + ".0";
    index.add("many", text, {"core==" + text});
    index.add("core", text, {version == 1 ? "base" : "base==" + std::to_string(version + 1)});
  }
  index.add("base", "1.0");
  const cache::Cache cache = cache::Cache::disabled();
  const Run run = solve(server, index, cache, {"many", "base"});
  CHECK(run.projects == "base-1.0 core-1.0 many-1.0 ");
  WARN(2 * kVersions << " versions take " << run.rounds << " round trips");
  CHECK(run.rounds <= 40);
}

TEST_CASE("a chain of extras is asked for ahead", "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  index.add("app", "1.0", {"base[fast]", "cli; extra == 'cli'"});
  index.add("base", "1.0", {"speed; extra == 'fast'", "slow; extra == 'slow'"});
  index.add("cli", "1.0");
  index.add("speed", "1.0");
  const cache::Cache cache = cache::Cache::disabled();
  const Run run = solve(server, index, cache, {"app[cli]"});
  CHECK(run.rounds == 6);
  CHECK(run.requests == 8);
}

TEST_CASE("many versions that fail are asked for in growing batches", "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  constexpr int kVersions = 200;
  for (int version = 1; version <= kVersions; ++version) {
    index.add("many", std::to_string(version) + ".0",
              {version == 1 ? "base" : "base==" + std::to_string(version + 1)});
  }
  index.add("base", "1.0");
  const cache::Cache cache = cache::Cache::disabled();
  const Run run = solve(server, index, cache, {"many", "base"});
  CHECK(run.projects == "base-1.0 many-1.0 ");
  CHECK(run.requests <= kVersions + 4);
  WARN(kVersions << " versions take " << run.rounds << " round trips");
  CHECK(run.rounds <= 20);
}

TEST_CASE("the answer does not depend on the order of answers", "[index][round trips]") {
  FakeHttpClient server;
  FakeIndex index(server);
  fill(index);
  const cache::Cache cache = cache::Cache::disabled();
  const std::vector<std::string> wanted = {"p0-0", "p0-1", "p0-2"};
  const Run together = solve(server, index, cache, wanted);
  const specs::TargetPython target = tests::linux_target();
  IndexSettings settings;
  settings.indexes = {index.url()};
  // The fake client answers urgent ones first, one at a time.
  Downloader downloader(server, cache);
  IndexProvider provider(target, settings, server, cache, downloader);
  resolve::Problem problem;
  problem.requirements = tests::requirements(wanted);
  problem.environment = target.environment;
  problem.python_version = target.version;
  const auto outcome = resolve::resolve(problem, provider);
  std::string projects;
  for (const auto& project : std::get<resolve::Resolution>(outcome).projects) {
    projects += project.name.normalized() + '-' + project.version.to_string() + ' ';
  }
  CHECK(projects == together.projects);
}

}  // namespace
}  // namespace ensure::index
