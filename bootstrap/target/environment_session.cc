#include "bootstrap/target/environment_session.h"

#include <algorithm>
#include <iterator>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "bootstrap/packages/package_session.h"
#include "bootstrap/target/environment_job.h"
#include "bootstrap/target/environment_refusals.h"
#include "bootstrap/target/seeding.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/interrupt.h"
#include "venv/discovery/discovery.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

namespace {

namespace fs = std::filesystem;
using Jobs = std::list<EnvironmentJob>;

bool wants_packages(const Request& request) {
  return !request.packages.empty() || request.upgrade_deps;
}

/// The request completed by pip's settings, if packages come along that the request does not name.
Request with_settings(const Request& request) {
  Request complete = request;
  if (!wants_packages(request)) complete.packages = request.packages_with_settings();
  return complete;
}

/// Whether other packages than pip are removed.
bool loses_packages(const std::vector<TargetReport>& targets) {
  return std::ranges::any_of(targets, [](const TargetReport& target) {
    return std::ranges::any_of(target.removed,
                               [](const PackageReport& package) { return package.name != "pip"; });
  });
}

/// They take their places one by one, and the outer one would find the inner one in its place.
void refuse_nested(const Jobs& jobs) {
  for (const EnvironmentJob& inner : jobs) {
    for (const EnvironmentJob& outer : jobs) {
      if (inner.location() == outer.location()) continue;
      if (!base::is_at_or_below(inner.location(), outer.location())) continue;
      throw base::Error(base::ExitCode::kUsage, "the environment `" + inner.location().native() +
                                                    "` is to be inside of another, `" +
                                                    outer.location().native() + "`")
          .with_hint("choose places side by side, or make the inner one in a second run");
    }
  }
}

/// One job for each environment, however often it is named.
Jobs make_jobs(const Request& request) {
  Jobs jobs;
  for (const fs::path& path : request.environments) {
    EnvironmentJob& job = jobs.emplace_back(path, request);
    const bool again = std::ranges::any_of(jobs, [&](const EnvironmentJob& other) {
      return &other != &job && other.location() == job.location();
    });
    if (again) jobs.pop_back();
  }
  refuse_nested(jobs);
  return jobs;
}

/// The path of the interpreter that an environment was made from, by its links or by its
/// configuration where it has copies.
std::optional<fs::path> interpreter_of(const venv::ExistingEnvironment& environment) {
  for (const venv::ExistingExecutable& executable : environment.executables) {
    if (executable.leads_to_file && executable.target.is_absolute()) return executable.target;
  }
  const std::optional<std::string> home = environment.configuration.value("home");
  if (!home || environment.libraries.empty()) return std::nullopt;
  const fs::path path = fs::path(*home) / environment.libraries.back();
  return base::file_status(path) ? std::optional(path) : std::nullopt;
}

/// The interpreter of the environment that is there, known without starting it; none where it has
/// to be asked, or is not the one that is asked for.
std::optional<venv::Interpreter> recall_interpreter(const EnvironmentJob& job,
                                                    const venv::PythonRequest& wanted) {
  if (!job.existing()) return std::nullopt;
  const std::optional<fs::path> path = interpreter_of(*job.existing());
  const std::optional<std::string> version = job.existing()->configuration.version();
  if (!path || !version) return std::nullopt;
  std::optional<venv::Interpreter> recalled = venv::recall(*path, *version);
  if (!recalled || wanted.program) return std::nullopt;
  if (wanted.path) {
    const bool same = base::real_path(*wanted.path) == recalled->real_executable;
    return same ? recalled : std::nullopt;
  }
  return wanted.accepts(*recalled) ? recalled : std::nullopt;
}

/// The path of the Python to make the environments for where none is asked for: that of an
/// environment that is there.
std::optional<fs::path> interpreter_of(const Jobs& jobs, const venv::PythonRequest& wanted) {
  if (!wanted.text.empty()) return std::nullopt;
  for (const EnvironmentJob& job : jobs) {
    if (!job.previous()) continue;
    const std::optional<fs::path> path = interpreter_of(*job.previous());
    if (!path) continue;
    refuse_foreign_python(*job.previous(), *path, job.report().path);
    return path;
  }
  return std::nullopt;
}

/// Where none is asked for, and the Python of an environment is gone (a new release took its place,
/// say): another of the same version, for which its packages are of use.
std::optional<venv::PythonRequest> successor_for(const Jobs& jobs,
                                                 const venv::PythonRequest& wanted) {
  if (!wanted.text.empty()) return std::nullopt;
  for (const EnvironmentJob& job : jobs) {
    if (!job.previous() || job.previous()->libraries.empty()) continue;
    std::string name = job.previous()->libraries.back();
    if (name.starts_with("python")) name.replace(0, 6, "cpython");
    return venv::PythonRequest::parse(name);
  }
  return std::nullopt;
}

/// Whether all environments are new or replaced, so that none determines the Python.
bool all_are_replaced(const Jobs& jobs) {
  return std::ranges::none_of(jobs,
                              [](const EnvironmentJob& job) { return job.existing().has_value(); });
}

/// The result of `find`; nullopt if it throws because there is no usable interpreter.
template <typename Find>
std::optional<venv::Interpreter> unless_broken(const Find& find) {
  try {
    return find();
  } catch (const base::Error& error) {
    if (error.exit_code() != base::ExitCode::kInterpreter) throw;
    return std::nullopt;
  }
}

/// The Python for the environments: the requested one; else that of an existing environment, or
/// another one of its version if it does not start; else the first on PATH. An environment that is
/// replaced (`--clear`) keeps its version of Python, too.
venv::Interpreter find_interpreter(const Jobs& jobs, const venv::PythonRequest& wanted,
                                   base::Progress& progress) {
  const base::Step step(progress, "look at the interpreter");
  if (const std::optional<fs::path> path = interpreter_of(jobs, wanted)) {
    if (!all_are_replaced(jobs)) return venv::inspect(*path);
    if (auto found = unless_broken([&path] { return venv::inspect(*path); })) return *found;
  }
  if (const std::optional<venv::PythonRequest> successor = successor_for(jobs, wanted)) {
    const auto find = [&successor] {
      return venv::find_interpreter(*successor, venv::Surroundings::of_this_process()).interpreter;
    };
    if (auto found = unless_broken(find)) return *found;
  }
  return venv::find_interpreter(wanted, venv::Surroundings::of_this_process()).interpreter;
}

/// The same without waiting for its answer, where its files describe it.
std::optional<venv::ExpectedInterpreter> expect_interpreter(const Jobs& jobs,
                                                            const venv::PythonRequest& wanted,
                                                            base::Progress& progress) {
  const base::Step step(progress, "read the interpreter's files");
  if (const std::optional<fs::path> path = interpreter_of(jobs, wanted)) {
    return venv::ExpectedInterpreter::expect(*path);
  }
  return venv::expect_interpreter(successor_for(jobs, wanted).value_or(wanted),
                                  venv::Surroundings::of_this_process());
}

/// Brings several environments to what is asked, all or none: a list of named steps.
class EnvironmentSession {
 public:
  EnvironmentSession(const Request& request, const bundled::Bundle& bundle,
                     base::Progress& progress)
      : request_(request),
        bundle_(bundle),
        progress_(progress),
        wanted_(request.python ? venv::PythonRequest::parse(*request.python)
                               : venv::PythonRequest()),
        jobs_(make_jobs(request)) {}

  Result run() {
    for (EnvironmentJob& job : jobs_) job.examine();
    return all_are_as_asked_by_their_files() ? result() : change();
  }

 private:
  /// The usual second run: every environment tells by its files that nothing is to be done.
  bool all_are_as_asked_by_their_files() {
    const base::Step step(progress_, "examine");
    if (request_.upgrade || request_.clear || wants_packages(request_)) return false;
    for (EnvironmentJob& job : jobs_) {
      std::optional<venv::Interpreter> recalled = recall_interpreter(job, wanted_);
      if (!recalled) return false;
      job.compare(*recalled);
      if (!job.is_as_asked(nullptr)) return false;
      interpreter_ = std::move(recalled);
    }
    return true;
  }

  Result change() {
    // What builds starts the interpreter: that has to be certain then.
    if (request_.packages.builds_sources() || !stage_as_expected()) {
      stage_for(find_interpreter(jobs_, wanted_, progress_));
    }
    base::check_interrupt();
    if (packages_ && jobs_.front().package_plan()) {
      packages_->write_report(*jobs_.front().package_plan());
    }
    // What could still fail comes before the change, which nothing can call a failure then.
    Result told = result();
    if (request_.packages.dry_run) return told;
    const base::Step step(progress_, "move into place");
    for (EnvironmentJob* job : open_) job->apply();
    for (EnvironmentJob* job : open_) job->commit();
    return told;
  }

  /// Stages everything for the interpreter that its files describe, while that one is starting.
  /// False, and nothing is staged, where they do not, or where it is another one after all.
  bool stage_as_expected() {
    std::optional<venv::ExpectedInterpreter> expected =
        expect_interpreter(jobs_, wanted_, progress_);
    if (!expected) return false;
    stage_for(expected->interpreter());
    const base::Step step(progress_, "wait for the interpreter");
    if (expected->confirm()) return true;
    jobs_ = make_jobs(request_);
    for (EnvironmentJob& job : jobs_) job.examine();
    return false;
  }

  void stage_for(venv::Interpreter interpreter) {
    interpreter_ = std::move(interpreter);
    for (EnvironmentJob& job : jobs_) job.compare(*interpreter_);
    if (!request_.without_pip) seed_.emplace(seed_for(*interpreter_, request_, bundle_));
    choose_packages();
    open_.clear();
    for (EnvironmentJob& job : jobs_) {
      if (!is_as_asked(job)) open_.push_back(&job);
    }
    // In one order, so that two runs with the same targets never wait for each other.
    std::ranges::sort(open_, [](const EnvironmentJob* one, const EnvironmentJob* other) {
      return one->location() < other->location();
    });
    if (request_.packages.dry_run) {
      for (EnvironmentJob* job : open_) job->report_plan(*interpreter_, seed_ ? &*seed_ : nullptr);
      return;
    }
    require_space();
    for (EnvironmentJob* job : open_) stage(*job);
  }

  /// Before the first write, for all environments together.
  void require_space() const {
    install::NeededSpace needed;
    for (const EnvironmentJob* job : open_)
      job->add_needed_space(seed_ ? &*seed_ : nullptr, needed);
    needed.require();
  }

  /// Plans the packages of all environments. Does nothing, and uses no network, if the request
  /// names none and none come along.
  void choose_packages() {
    packages_.reset();
    if (std::ranges::none_of(jobs_, [this](const EnvironmentJob& job) { return plans(job); })) {
      return;
    }
    complete_request_ = with_settings(request_);
    packages_ = std::make_unique<PackageSession>(
        complete_request_, bundle_, venv::target_python(*interpreter_, "/", std::nullopt),
        build_place(*interpreter_, jobs_.front().location()), progress_);
    for (EnvironmentJob& job : jobs_) {
      if (plans(job)) job.plan(*packages_, *interpreter_, seed_ ? &*seed_ : nullptr);
    }
  }

  /// Whether the job needs packages: the request names some, or some come along to another Python.
  [[nodiscard]] bool plans(const EnvironmentJob& job) const {
    return wants_packages(request_) || job.carries_packages();
  }

  [[nodiscard]] bool is_as_asked(const EnvironmentJob& job) const {
    return job.is_as_asked(seed_ ? &*seed_ : nullptr);
  }

  void stage(EnvironmentJob& job) try {
    const Seed* seed = seed_ ? &*seed_ : nullptr;
    job.lock();
    job.examine();
    job.compare(*interpreter_);
    job.stage(*interpreter_, seed, plans(job) ? packages_.get() : nullptr, progress_);
  } catch (base::Error& error) {
    error.add_context("while making the environment `" + job.report().path.native() + "`");
    throw;
  }

  [[nodiscard]] Result result() const {
    Result result;
    result.interpreter = report_of(*interpreter_);
    result.warnings = library_warnings(*interpreter_, interpreter_->standard_library());
    for (const EnvironmentJob& job : jobs_) result.targets.push_back(job.report());
    result.dry_run = request_.packages.dry_run;
    result.lists_packages = packages_ != nullptr || loses_packages(result.targets);
    if (packages_) std::ranges::move(packages_->warnings(), std::back_inserter(result.warnings));
    if (packages_) packages_->add_skipped_entries(result);
    return result;
  }

  const Request& request_;
  const bundled::Bundle& bundle_;
  base::Progress& progress_;
  venv::PythonRequest wanted_;
  Jobs jobs_;
  std::optional<venv::Interpreter> interpreter_;
  std::optional<Seed> seed_;
  Request complete_request_;                  ///< with pip's settings; `packages_` refers to it
  std::unique_ptr<PackageSession> packages_;  ///< null where no packages are asked for
  std::vector<EnvironmentJob*> open_;         ///< those that are not as asked
};

}  // namespace

Result make_environments(const Request& request, const bundled::Bundle& bundle,
                         base::Progress& progress) {
  return EnvironmentSession(request, bundle, progress).run();
}

}  // namespace ensure::bootstrap
