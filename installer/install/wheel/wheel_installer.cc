#include "installer/install/wheel/wheel_installer.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/install/installed/path_owners.h"
#include "installer/install/transaction/space.h"
#include "installer/install/wheel/installation.h"

namespace ensure::install {

namespace {

/// A wheel from the moment it is added until its RECORD is written.
struct Job {
  Job(std::shared_ptr<const wheel::WheelSource> wheel, InstallOptions how,
      const specs::Layout& layout, SchemeDirectories& directories)
      : source(std::move(wheel)),
        options(std::move(how)),
        installation(*source, layout, directories, options),
        parts_left(source->part_count()) {}

  [[nodiscard]] InstalledWheel report() const {
    return {.name = source->name(),
            .version = source->version(),
            .files = installation.file_count(),
            .bytes = installation.byte_count(),
            .hooks = find_startup_hooks(installation.plan())};
  }

  std::shared_ptr<const wheel::WheelSource> source;
  InstallOptions options;
  Installation installation;
  std::atomic<std::size_t> parts_left;
  std::size_t index = 0;  ///< in the order in which wheels were added
};

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

}  // namespace

class WheelInstaller::Impl {
 public:
  Impl(const specs::Layout& layout, const WheelDestination& destination, std::size_t threads)
      : layout_(layout), directories_(destination), owners_(directories_), threads_(threads) {}

  ~Impl() { stop(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void reserve(const TargetPaths& target) {
    const std::lock_guard lock(mutex_);
    owners_.add(target);
    for (const Distribution& distribution : target.staged) {
      owners_.add(distribution, layout_.scheme.purelib);
    }
  }

  void reserve(const Distribution& kept, const fs::path& library) {
    const std::lock_guard lock(mutex_);
    owners_.add(kept, library);
  }

  void add(const std::shared_ptr<const wheel::WheelSource>& source, InstallOptions options) {
    rethrow_failure();
    with_context(*source, [&] {
      // Planning takes time, so it is done before the lock is taken.
      auto job = std::make_unique<Job>(source, std::move(options), layout_, directories_);
      const std::lock_guard lock(mutex_);
      for (SharedFile& file : owners_.add(job->installation.plan(), source->name().as_written())) {
        job->installation.share(std::move(file));
      }
      require_space_for(*job);
      job->index = jobs_.size();
      reports_.emplace_back();
      queue(*jobs_.emplace_back(std::move(job)));
    });
  }

  std::vector<InstalledWheel> finish() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    wake_.notify_all();
    run_tasks();
    helpers_.clear();
    rethrow_failure();
    std::vector<InstalledWheel> installed;
    installed.reserve(reports_.size());
    for (std::optional<InstalledWheel>& report : reports_) {
      installed.push_back(std::move(report).value());
    }
    return installed;
  }

 private:
  /// A part of a wheel. The most expensive ones come first, so that no thread is left with a long
  /// one at the end.
  struct Task {
    std::uint64_t cost;
    Job* job;
    std::size_t part;

    bool operator<(const Task& other) const { return cost < other.cost; }
  };

  void rethrow_failure() {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
  }

  void require_space_for(const Job& added) {
    std::vector<const wheel::WheelSource*> sources{added.source.get()};
    for (const std::unique_ptr<Job>& job : jobs_) {
      if (job) sources.push_back(job->source.get());
    }
    require_space(directories_.at(layout_.scheme.purelib).path(), sources);
  }

  void queue(Job& job) {
    const std::size_t parts = job.source->part_count();
    const std::uint64_t cost = job.source->unpacked_size() / std::max<std::size_t>(parts, 1);
    for (std::size_t part = 0; part < parts; ++part) tasks_.push({cost, &job, part});
    unfinished_ += parts;
    while (helpers_.size() + 1 < threads_ && base::try_start(helpers_, [this] { run_tasks(); }))
      continue;
    wake_.notify_all();
  }

  /// Runs tasks until there will be no more.
  void run_tasks() {
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

  void run(const Task& task) {
    Job& job = *task.job;
    try {
      with_context(*job.source, [&] { job.installation.write_part(task.part); });
      if (--job.parts_left > 0) return;
      with_context(*job.source, [&] { job.installation.finish(); });
      // The thread that has finished the wheel frees its memory.
      const std::unique_ptr<Job> written = take(job, job.report());
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stopped_ = true;
    }
  }

  std::unique_ptr<Job> take(const Job& job, InstalledWheel report) {
    const std::lock_guard lock(mutex_);
    reports_[job.index] = std::move(report);
    return std::move(jobs_[job.index]);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    wake_.notify_all();
    helpers_.clear();
  }

  const specs::Layout& layout_;
  SchemeDirectories directories_;
  PathOwners owners_;
  std::size_t threads_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Job>> jobs_;  ///< null once written
  std::vector<std::optional<InstalledWheel>> reports_;
  std::priority_queue<Task> tasks_;
  std::size_t unfinished_ = 0;  ///< tasks that are queued or running
  bool closed_ = false;         ///< no more wheels will be added
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::vector<std::jthread> helpers_;
};

WheelInstaller::WheelInstaller(const specs::Layout& layout, const WheelDestination& destination,
                               std::size_t threads)
    : impl_(std::make_unique<Impl>(layout, destination, threads)) {}

WheelInstaller::~WheelInstaller() = default;

void WheelInstaller::reserve(const TargetPaths& target) { impl_->reserve(target); }

void WheelInstaller::reserve(const Distribution& kept, const fs::path& library) {
  impl_->reserve(kept, library);
}

void WheelInstaller::add(const std::shared_ptr<const wheel::WheelSource>& source,
                         InstallOptions options) {
  impl_->add(source, std::move(options));
}

std::vector<InstalledWheel> WheelInstaller::finish() { return impl_->finish(); }

}  // namespace ensure::install
