#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "bootstrap/packages/package_plan.h"
#include "bootstrap/packages/present_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bundled/payload/bundle.h"
#include "installer/base/progress.h"
#include "installer/install/transaction/target_paths.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/scripts.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/tags/target_python.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// Where source distributions are built, if any are.
struct BuildPlace {
  const venv::Interpreter* interpreter = nullptr;  ///< null where the target's does not run here
  std::filesystem::path beside;                    ///< for a folder, where there is no cache
};

/// Where, for a target at `path`: beside it, in a folder that is there.
[[nodiscard]] BuildPlace build_place(const venv::Interpreter& interpreter,
                                     const std::filesystem::path& path);

/// The packages of one run: read from the request, chosen, fetched, verified and written. Only what
/// asks for packages makes one; it is what reaches the network.
class PackageSession {
 public:
  /// Reads what is asked for, and begins to ask for it. All must outlive this. Throws `Error`
  /// (`kUsage`) for requirements that cannot be read.
  PackageSession(const Request& request, const bundled::Bundle& bundle,
                 const specs::TargetPython& target, const BuildPlace& place,
                 base::Progress& progress);
  ~PackageSession();
  PackageSession(const PackageSession&) = delete;
  PackageSession& operator=(const PackageSession&) = delete;

  /// Chooses versions and files for a target with these projects (`PackagePlanner`).
  [[nodiscard]] PackagePlan plan(const PresentPackages& present);

  /// Fetches what the plan has to install, and writes it; `own` are the paths of the target
  /// itself; those and what is kept are respected. Throws `Error` of the network, and
  /// `kVerification`.
  [[nodiscard]] std::vector<PackageReport> install(const PackagePlan& plan,
                                                   const specs::Layout& layout,
                                                   const install::WheelDestination& destination,
                                                   const install::TargetPaths& own,
                                                   const install::Launchers& launchers = {});

  /// Writes pip's installation report for a plan where the request wants one (`--report`).
  void write_report(const PackagePlan& plan);

  /// Whether the request itself names the project, by a requirement, a file or a lock.
  [[nodiscard]] bool names(const specs::PackageName& name) const;
  /// Whether the request names any project.
  [[nodiscard]] bool has_requirements() const;
  [[nodiscard]] bool has_lock() const;
  [[nodiscard]] bool is_offline() const;

  /// What the user should hear of.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Adds the entries of index pages that were skipped.
  void add_skipped_entries(Result& result) const;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace ensure::bootstrap
