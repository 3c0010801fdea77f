#include "installer/install/wheel/wheel_installer.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/base/text.h"
#include "installer/install/transaction/space.h"

namespace ensure::install {

/// A wheel from the moment it is added until its RECORD is written.
struct WheelInstaller::Job {
  Job(std::shared_ptr<const wheel::WheelSource> wheel, InstallOptions how,
      const specs::Layout& layout, SchemeDirectories& directories)
      : source(std::move(wheel)),
        options(std::move(how)),
        installation(*source, layout, directories, options),
        parts_left(source->part_count()) {}

  std::shared_ptr<const wheel::WheelSource> source;
  InstallOptions options;
  Installation installation;
  std::atomic<std::size_t> parts_left;
  std::size_t index = 0;  ///< in the order in which wheels were added
};

namespace {

/// Adds the name of the wheel to errors.
template <typename Action>
void with_context(const wheel::WheelSource& source, const Action& action) {
  try {
    action();
  } catch (base::Error& error) {
    error.add_context("while installing `" + source.name().as_written() + " " +
                      source.version().to_string() + "`");
    throw;
  }
}

void refuse(const StartupHooks& hooks) {
  std::vector<std::string> found = hooks.pth_files;
  found.insert(found.end(), hooks.startup_modules.begin(), hooks.startup_modules.end());
  if (found.empty()) return;
  throw base::Error(base::ExitCode::kVerification,
                    "every start of Python would run `" + base::join(found, "`, `") + "`")
      .with_hint("leave out `--no-startup-hooks` if you trust the package");
}

}  // namespace

WheelInstaller::WheelInstaller(const specs::Layout& layout, const WheelDestination& destination,
                               std::size_t threads)
    : layout_(layout), directories_(destination), owners_(directories_), threads_(threads) {}

WheelInstaller::~WheelInstaller() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  helpers_.clear();
}

void WheelInstaller::reserve(const TargetPaths& target) {
  const std::lock_guard lock(mutex_);
  owners_.add(target);
  for (const Distribution& distribution : target.staged) {
    owners_.add(distribution, layout_.scheme.purelib);
  }
}

void WheelInstaller::reserve(const Distribution& kept, const base::TargetPath& library) {
  const std::lock_guard lock(mutex_);
  owners_.add(kept, library);
}

void WheelInstaller::add(const std::shared_ptr<const wheel::WheelSource>& source,
                         InstallOptions options) {
  rethrow_failure();
  with_context(*source, [&] {
    // Planning takes time, so it is done before the lock is taken.
    const bool refuses_hooks = options.refuse_startup_hooks;
    auto job = std::make_unique<Job>(source, std::move(options), layout_, directories_);
    StartupHooks hooks = find_startup_hooks(job->installation.plan());
    if (refuses_hooks) refuse(hooks);
    const std::lock_guard lock(mutex_);
    for (SharedFile& file : owners_.add(job->installation.plan(), source->name().as_written())) {
      job->installation.share(std::move(file));
    }
    std::vector<const wheel::WheelSource*> unwritten{source.get()};
    for (const std::unique_ptr<Job>& one : jobs_) {
      if (one) unwritten.push_back(one->source.get());
    }
    require_space(directories_.at(layout_.scheme.purelib).path(), unwritten);
    job->index = jobs_.size();
    hooks_.push_back(std::move(hooks));
    queue(*jobs_.emplace_back(std::move(job)));
  });
}

std::vector<StartupHooks> WheelInstaller::finish() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake_.notify_all();
  run_tasks();
  helpers_.clear();
  rethrow_failure();
  return std::move(hooks_);
}

void WheelInstaller::rethrow_failure() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

void WheelInstaller::queue(Job& job) {
  const std::size_t parts = job.source->part_count();
  const std::uint64_t cost = job.source->unpacked_size() / std::max<std::size_t>(parts, 1);
  for (std::size_t part = 0; part < parts; ++part) tasks_.push({cost, &job, part});
  unfinished_ += parts;
  while (helpers_.size() + 1 < threads_ && base::try_start(helpers_, [this] { run_tasks(); }))
    continue;
  wake_.notify_all();
}

void WheelInstaller::run_tasks() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock,
               [this] { return stopped_ || !tasks_.empty() || (closed_ && unfinished_ == 0); });
    if (stopped_ || tasks_.empty()) return;
    const Task task = tasks_.top();
    tasks_.pop();
    lock.unlock();
    run(task);
    lock.lock();
    --unfinished_;
    if (stopped_ || unfinished_ == 0) wake_.notify_all();
  }
}

void WheelInstaller::run(const Task& task) {
  Job& job = *task.job;
  try {
    with_context(*job.source, [&] { job.installation.write_part(task.part); });
    if (--job.parts_left > 0) return;
    with_context(*job.source, [&] { job.installation.finish(); });
    // The thread that has finished the wheel frees its memory, after the lock.
    std::unique_ptr<Job> written;
    const std::lock_guard lock(mutex_);
    written = std::move(jobs_[job.index]);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    stopped_ = true;
  }
}

}  // namespace ensure::install
