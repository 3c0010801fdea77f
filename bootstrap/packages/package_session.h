#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/build/frontend.h"
#include "bootstrap/packages/direct_files.h"
#include "bootstrap/packages/installed_packages.h"
#include "bootstrap/packages/package_planner.h"
#include "bootstrap/packages/requested_packages.h"
#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bootstrap/target/seed.h"
#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/cache/cache.h"
#include "installer/index/downloads/downloader.h"
#include "installer/install/installed/path_owners.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/scripts.h"
#include "installer/net/http_client.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/tags/tag_set.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// Where source distributions are built.
struct BuildPlace {
  const venv::Interpreter* interpreter = nullptr;  ///< null if the target's does not run here
  base::Path beside;                               ///< for a scratch directory without a cache
};

/// The place for a target at `path`: beside it, in a directory that exists.
[[nodiscard]] BuildPlace build_place(const venv::Interpreter& interpreter, const base::Path& path);

/// Creates the client for a request. Tests give one without a network.
using ClientFactory = std::function<std::unique_ptr<net::HttpClient>(const PackageRequest&)>;
[[nodiscard]] ClientFactory network_clients(const bundled::Bundle& bundle);

/// The packages of one run: reads the requirements, chooses versions, fetches, verifies and writes
/// the files. Only a run that wants packages creates one: nothing else uses the network.
class PackageSession {
 public:
  /// Reads the requirements. All arguments must outlive the session. Throws `Error` (`kUsage`) for
  /// requirements that cannot be read.
  PackageSession(const Request& request, const bundled::Bundle& bundle, specs::TargetPython target,
                 const BuildPlace& place, const ClientFactory& new_client,
                 base::Progress& progress);
  PackageSession(const PackageSession&) = delete;
  PackageSession& operator=(const PackageSession&) = delete;

  /// Chooses versions and files for a target. If packages come along from another Python and cannot
  /// be installed, throws `Error` (`kFileSystem`) that lists the packages that would be lost. If
  /// the request alone fails, or the index does not answer, throws that error unchanged.
  [[nodiscard]] PackagePlan plan(const InstalledPackages& installed);

  /// Fetches and writes the wheels of the plan. No wheel may have a path in `reserved` or of a kept
  /// package. Throws network errors and `Error` (`kVerification`).
  [[nodiscard]] std::vector<PackageReport> install(const PackagePlan& plan,
                                                   const specs::Layout& layout,
                                                   const install::WheelDestination& destination,
                                                   const install::TargetPaths& reserved,
                                                   const install::Launchers& launchers);

  /// Writes pip's installation report for a plan if the request wants one (`--report`).
  void write_report(const PackagePlan& plan);

  [[nodiscard]] std::vector<std::string> warnings() const;
  [[nodiscard]] const index::Notices& notices() const { return provider_.notices(); }

 private:
  [[nodiscard]] PackagePlan choose(const InstalledPackages& installed);
  [[nodiscard]] std::vector<specs::Requirement> carried_requirements(
      const CarriedPackages& carried);
  [[nodiscard]] bool names(const specs::PackageName& name) const;
  void fetch_all(const PackagePlan& plan, const index::Downloader::Receiver& receive);
  [[nodiscard]] install::InstallOptions options_for(const index::ChosenFile& chosen,
                                                    const index::FetchedWheel& wheel,
                                                    const install::Launchers& launchers);

  PackageRequest packages_;  ///< with the options of requirements files
  base::Progress& progress_;
  std::string pip_version_;  ///< of the bundled pip, whose report format is written
  specs::TargetPython target_;
  std::unique_ptr<index::DownloadListener> listener_;  ///< null with `--quiet` or `--json`
  RequestedPackages requested_;
  std::unique_ptr<net::HttpClient> client_;
  index::IndexSettings settings_;
  cache::Cache cache_;
  install::FileSharing sharing_;
  index::Downloader downloader_;
  std::optional<Seed> pip_;  ///< the pip that builds, once one is needed
  build::Frontend frontend_;
  index::IndexProvider provider_;
  std::vector<std::string> choice_warnings_;
  DirectFiles direct_;
  PackagePlanner planner_;
};

}  // namespace ensure::bootstrap
