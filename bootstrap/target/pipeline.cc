#include "bootstrap/target/pipeline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/process.h"
#include "installer/base/text.h"
#include "installer/install/transaction/space.h"
#include "installer/install/transaction/transaction.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

namespace {

/// How often a plan is made again because other runs were changing the target.
constexpr int kMostPlans = 100;

/// Whether another run is changing the target.
bool is_locked(const std::unique_ptr<Target>& target) {
  return base::link_status(install::staging_path_inside(target->location())).has_value();
}

/// When each directory changed last; 0 if it does not exist. A run that changes a target creates
/// and removes a staging directory there.
std::vector<std::int64_t> last_changes(const Targets& targets) {
  std::vector<std::int64_t> times;
  for (const auto& target : targets) {
    const std::optional<base::FileStatus> status = base::link_status(target->location());
    times.push_back(status ? status->changed : 0);
  }
  return times;
}

/// Whether another package than pip is removed.
bool loses_packages(const TargetReport& target) {
  return std::ranges::any_of(target.removed,
                             [](const PackageReport& package) { return package.name != "pip"; });
}

/// Modules that pip imports and that distributions leave out of a minimal Python.
constexpr std::array kNeededByPip = {"colorsys", "email",    "html",   "http", "json",   "logging",
                                     "shutil",   "tempfile", "urllib", "xml",  "zipfile"};

/// A warning if an interpreter lacks modules of the standard library that pip needs, as Debian's
/// `python3-minimal` does. `standard_library` is empty if it cannot be read here.
std::vector<std::string> library_warnings(const venv::Interpreter& interpreter,
                                          const base::Path& standard_library) {
  if (!base::file_status(standard_library / "os.py")) return {};
  std::vector<std::string> missing;
  for (const std::string name : kNeededByPip) {
    const bool is_there = base::file_status(standard_library / name) ||
                          base::file_status(standard_library / (name + ".py"));
    if (!is_there) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return {"`" + interpreter.executable.text() + "` lacks modules of the standard library (`" +
          base::join(missing, "`, `") +
          "`): pip does not run until they are installed (on Debian, by the package `python3`)"};
}

}  // namespace

Pipeline::Pipeline(const Request& request, const bundled::Bundle& bundle, RunPython python,
                   const Targets& targets, base::Progress& progress)
    : request_(request),
      bundle_(bundle),
      python_(std::move(python)),
      targets_(targets),
      progress_(progress),
      content_{python_.interpreter, nullptr, [this]() -> PackageSession& { return packages(); },
               progress} {}

void Pipeline::stage() {
  (void)source_date_epoch();  // a bad value is an error before anything is written
  if (!request_.without_pip) {
    const venv::Interpreter& python = python_.interpreter;
    seed_ = choose_seed(bundle_, request_.wheel_dirs, specs::Version::parse(python.version),
                        request_.bytecode ? python.cache_tag : "");
    content_.seed = &*seed_;
  }
  plan_without_locks();
  for (const auto& target : targets_) {
    if (!target->is_as_requested()) open_.push_back(target.get());
  }
  // Two runs with the same targets take the locks in the same order: they cannot block each other.
  std::ranges::sort(open_, {}, &Target::location);
  if (request_.packages.dry_run) return;
  // Before the first write, for all targets together.
  install::NeededSpace needed;
  for (const Target* const target : open_) {
    if (target->needs_pip() && seed_) needed.add(target->location(), *seed_->source);
  }
  needed.require();
  for (Target* const target : open_) stage(*target);
}

void Pipeline::plan_without_locks() {
  for (int failures = 0;; ++failures) {
    const std::vector<std::int64_t> before = last_changes(targets_);
    try {
      for (const auto& target : targets_) target->plan(content_);
      return;
    } catch (const base::Error&) {
      const bool is_changing =
          std::ranges::any_of(targets_, is_locked) || last_changes(targets_) != before;
      if (!is_changing || failures == kMostPlans) throw;
    }
    for (const auto& target : targets_) target->examine();
  }
}

PackageSession& Pipeline::packages() {
  if (packages_) return *packages_;
  packages_request_ = request_;
  if (!request_.wants_packages()) packages_request_.packages = request_.packages_with_settings();
  packages_ = std::make_unique<PackageSession>(
      packages_request_, bundle_,
      venv::target_python(python_.interpreter, python_.root, python_.platform),
      build_place(python_.interpreter, python_.builds_beside), network_clients(bundle_), progress_);
  return *packages_;
}

void Pipeline::stage(Target& target) try {
  target.lock();
  target.examine();
  target.plan(content_);
  if (target.is_as_requested()) return;
  const base::Step step(progress_, "stage `" + target.report().path.text() + "`");
  target.stage(content_);
} catch (base::Error& error) {
  error.add_context("while changing `" + target.report().path.text() + "`");
  throw;
}

Result Pipeline::finish() {
  base::check_interrupt();
  // Everything that can fail comes before the change: afterwards the run has succeeded.
  const PackagePlan* const plan = packages_ ? targets_.front()->package_plan() : nullptr;
  if (plan != nullptr) packages_->write_report(*plan);
  Result result = report_of(targets_, python_, request_, packages_.get());
  if (request_.packages.dry_run) return result;
  const base::Step step(progress_, "move into place");
  for (Target* const target : open_) target->apply();
  for (Target* const target : open_) target->commit();
  return result;
}

Result report_of(const Targets& targets, const RunPython& python, const Request& request,
                 const PackageSession* packages) {
  Result result;
  for (const auto& target : targets) result.targets.push_back(target->report());
  result.interpreter = python.interpreter;
  if (!request.without_pip) {
    result.warnings = library_warnings(python.interpreter, python.standard_library);
  }
  result.dry_run = request.packages.dry_run;
  const bool changes = std::ranges::any_of(result.targets, [](const TargetReport& target) {
    return target.outcome != TargetOutcome::kUnchanged;
  });
  if (request.packages.exit_code && changes) result.exit_code = base::ExitCode::kWouldChange;
  result.lists_packages =
      packages != nullptr || std::ranges::any_of(result.targets, loses_packages);
  if (packages != nullptr) {
    std::ranges::move(packages->warnings(), std::back_inserter(result.warnings));
    result.details = packages->notices().details;
    result.skipped_entries = packages->notices().skipped;
  }
  return result;
}

}  // namespace ensure::bootstrap
