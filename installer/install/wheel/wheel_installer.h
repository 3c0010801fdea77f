#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "installer/base/path.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/path_owners.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/installation.h"
#include "installer/specs/metadata/layout.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

/// Creates the files of many wheels in one destination on several threads. Starts with each wheel
/// as soon as it is added: the parts of all wheels wait in one queue, the largest first.
///
/// All files are staged, so after an error the owner of the staging directory removes them.
/// Thread-safe.
class WheelInstaller {
 public:
  /// `layout` and `destination` must outlive this. `threads` write at the same time, including the
  /// one that calls `finish`: before that, there is one less.
  WheelInstaller(const specs::Layout& layout, const WheelDestination& destination,
                 std::size_t threads);

  /// Stops after the running parts; the queued ones are dropped.
  ~WheelInstaller();
  WheelInstaller(const WheelInstaller&) = delete;
  WheelInstaller& operator=(const WheelInstaller&) = delete;

  /// Reserves the files of the target itself: no wheel may have one of these paths. Call it first.
  void reserve(const TargetPaths& target);

  /// Reserves the paths in the RECORD of a distribution that stays. `library` is the directory that
  /// it is installed in, as the target's Python sees it. Call it before `add`.
  void reserve(const Distribution& kept, const base::TargetPath& library);

  /// Checks a wheel and queues its files.
  ///
  /// Throws `Error` before anything of it is written: `kVerification` if the wheel is invalid, or
  /// if another project has one of its paths (the error names both), or has a file where it needs a
  /// directory; `kFileSystem` if there is no space for it. If an earlier wheel has failed, throws
  /// that error. Equal content is refused, too: uninstalling one would break the other. Only an
  /// `__init__.py` of a namespace package may be shared, see `Installation::share`; any other is
  /// refused while it is written into the staging directory.
  void add(const std::shared_ptr<const wheel::WheelSource>& source, InstallOptions options);

  /// Waits until all wheels are written, RECORD last for each, and returns their hooks in the order
  /// in which they were added. Throws the first error. Call it once, after the last `add`.
  std::vector<StartupHooks> finish();

 private:
  struct Job;

  /// A part of a wheel. The most expensive ones come first, so that no thread is left with a long
  /// one at the end.
  struct Task {
    std::uint64_t cost;
    Job* job;
    std::size_t part;

    bool operator<(const Task& other) const { return cost < other.cost; }
  };

  void rethrow_failure();
  void queue(Job& job);
  /// Runs tasks until there will be no more.
  void run_tasks();
  void run(const Task& task);

  const specs::Layout& layout_;
  SchemeDirectories directories_;
  PathOwners owners_;
  std::size_t threads_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Job>> jobs_;  ///< null once written
  std::vector<StartupHooks> hooks_;
  std::priority_queue<Task> tasks_;
  std::size_t unfinished_ = 0;  ///< tasks that are queued or running
  bool closed_ = false;         ///< no more wheels will be added
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::vector<std::jthread> helpers_;
};

}  // namespace ensure::install
