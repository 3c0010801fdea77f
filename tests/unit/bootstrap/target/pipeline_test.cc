#include "bootstrap/target/pipeline.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bootstrap/report/progress.h"
#include "bundled/pack/payload_writer.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bootstrap {
namespace {

using base::Error;
using base::ExitCode;
using Steps = std::vector<std::string>;

/// How a fake target behaves.
struct Behaviour {
  bool is_as_requested = false;
  bool another_run_has_changed_it = false;  ///< as requested once the lock is held
  std::string fails_in = {};  ///< a step that throws; NOLINT(readability-redundant-member-init)
};

/// A target without a file system, which notes the steps of all targets in one list.
class FakeTarget final : public Target {
 public:
  FakeTarget(std::string name, Behaviour behaviour, Steps& steps)
      : name_(std::move(name)),
        location_("/" + name_),
        behaviour_(std::move(behaviour)),
        steps_(steps) {}
  ~FakeTarget() override {
    if (is_applied_) steps_.push_back(name_ + " rolled back");
  }
  FakeTarget(const FakeTarget&) = delete;
  FakeTarget& operator=(const FakeTarget&) = delete;

  [[nodiscard]] const fs::path& location() const override { return location_; }
  void examine() override { take("examine"); }
  void plan(const TargetContent& /*content*/) override { take("plan"); }
  [[nodiscard]] bool is_as_requested() const override { return behaviour_.is_as_requested; }
  [[nodiscard]] bool needs_pip() const override { return false; }
  [[nodiscard]] const PackagePlan* package_plan() const override { return nullptr; }
  void lock() override {
    take("lock");
    if (behaviour_.another_run_has_changed_it) behaviour_.is_as_requested = true;
  }
  void stage(const TargetContent& /*content*/) override { take("stage"); }
  void apply() override {
    take("apply");
    is_applied_ = true;
  }
  void commit() override {
    take("commit");
    is_applied_ = false;
  }
  [[nodiscard]] TargetReport report() const override {
    TargetReport report;
    report.path = location_;
    report.outcome = is_as_requested() ? TargetOutcome::kUnchanged : TargetOutcome::kChanged;
    return report;
  }

 private:
  void take(const std::string& step) {
    steps_.push_back(name_ + " " + step);
    if (behaviour_.fails_in == step) throw Error(ExitCode::kFileSystem, step + " failed");
  }

  std::string name_;
  fs::path location_;
  Behaviour behaviour_;
  Steps& steps_;
  bool is_applied_ = false;
};

/// A run over fake targets.
struct Run {
  Request request;
  Steps steps;
  std::vector<std::string> contexts;
  std::vector<TargetOutcome> outcomes;

  Run() { request.without_pip = true; }

  /// The message of the error; empty if the run succeeds.
  std::string over(const std::vector<std::pair<std::string, Behaviour>>& behaviours) {
    const std::string payload =
        bundled::write_payload(bundled::sample_wheels(), {.level = 1}).bytes;
    const bundled::Bundle bundle(payload);
    StepListener progress(false, std::nullopt);
    Targets targets;
    for (const auto& [name, behaviour] : behaviours) {
      targets.push_back(std::make_unique<FakeTarget>(name, behaviour, steps));
    }
    Pipeline pipeline(request, bundle, {}, targets, progress);
    try {
      pipeline.stage();
      for (const TargetReport& report : pipeline.finish().targets) {
        outcomes.push_back(report.outcome);
      }
      return {};
    } catch (const Error& error) {
      contexts = error.contexts();
      return error.message();
    }
  }
};

TEST_CASE("every target is staged before one is applied", "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"a", {}}, {"b", {}}}).empty());
  CHECK(run.steps == Steps{"a plan", "b plan", "a lock", "a examine", "a plan", "a stage", "b lock",
                           "b examine", "b plan", "b stage", "a apply", "b apply", "a commit",
                           "b commit"});
  CHECK(run.outcomes == std::vector{TargetOutcome::kChanged, TargetOutcome::kChanged});
}

TEST_CASE("locks are taken in the order of the locations", "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"z", {}}, {"a", {}}}).empty());
  CHECK(run.steps[2] == "a lock");
  CHECK(run.steps[6] == "z lock");
}

TEST_CASE("a target that is as requested is neither locked nor written to",
          "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"a", {.is_as_requested = true}}}).empty());
  CHECK(run.steps == Steps{"a plan"});
  CHECK(run.outcomes == std::vector{TargetOutcome::kUnchanged});
}

TEST_CASE("the lock shows what another run has done meanwhile", "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"a", {.another_run_has_changed_it = true}}}).empty());
  CHECK(run.steps == Steps{"a plan", "a lock", "a examine", "a plan", "a apply", "a commit"});
  CHECK(run.outcomes == std::vector{TargetOutcome::kUnchanged});
}

TEST_CASE("if one target cannot be staged, none is applied", "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"a", {}}, {"b", {.fails_in = "stage"}}}) == "stage failed");
  CHECK(run.steps.back() == "b stage");
  CHECK(run.contexts == std::vector<std::string>{"while changing `/b`"});
}

TEST_CASE("if one target cannot be applied, the others are moved back", "[bootstrap][Pipeline]") {
  Run run;
  CHECK(run.over({{"a", {}}, {"b", {.fails_in = "apply"}}}) == "apply failed");
  CHECK(run.steps.back() == "a rolled back");
}

TEST_CASE("a dry run only plans", "[bootstrap][Pipeline]") {
  Run run;
  run.request.packages.dry_run = true;
  CHECK(run.over({{"a", {}}, {"b", {.is_as_requested = true}}}).empty());
  CHECK(run.steps == Steps{"a plan", "b plan"});
  CHECK(run.outcomes == std::vector{TargetOutcome::kChanged, TargetOutcome::kUnchanged});
}

}  // namespace
}  // namespace ensure::bootstrap
