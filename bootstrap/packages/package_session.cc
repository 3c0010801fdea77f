#include "bootstrap/packages/package_session.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "bootstrap/build/frontend.h"
#include "bootstrap/commands/cache_command.h"
#include "bootstrap/commands/pip_command.h"
#include "bootstrap/packages/direct_files.h"
#include "bootstrap/packages/network_settings.h"
#include "bootstrap/packages/package_planner.h"
#include "bootstrap/packages/package_sources.h"
#include "bootstrap/packages/wanted_packages.h"
#include "bootstrap/report/download_display.h"
#include "bootstrap/report/installation_report.h"
#include "bootstrap/report/terminal.h"
#include "bootstrap/target/bundled_files.h"
#include "bootstrap/target/link_modes.h"
#include "bootstrap/target/seed.h"
#include "bootstrap/target/seeding.h"
#include "installer/base/files.h"
#include "installer/base/parallel.h"
#include "installer/cache/cache.h"
#include "installer/index/downloads/downloader.h"
#include "installer/index/settings.h"
#include "installer/install/wheel/wheel_installer.h"
#include "installer/net/transfer/curl_client.h"

namespace ensure::bootstrap {

namespace {

/// The request, with what hints name as the target's pip.
PackageRequest with_pip_command(const Request& request, const BuildPlace& place) {
  PackageRequest packages = request.packages;
  packages.pip_command =
      pip_command(request, place.interpreter == nullptr ? std::filesystem::path()
                                                        : place.interpreter->executable);
  return packages;
}

std::unique_ptr<net::HttpClient> new_client(const PackageRequest& packages,
                                            const bundled::Bundle& bundle) {
  return net::make_http_client(
      network_settings(packages, [&bundle] { return certificates(bundle); }));
}

/// By a client of its own, which opens nothing where no file is on the web: what the files say of
/// hosts to trust counts for the client of everything else.
WantedPackages read_wanted(PackageRequest& packages, const bundled::Bundle& bundle) {
  const std::unique_ptr<net::HttpClient> client = new_client(packages, bundle);
  return read_wanted_packages(packages, [&client](const std::string& location, NamedBy named_by) {
    return load_text(*client, location, named_by);
  });
}

}  // namespace

class PackageSession::Work {
 public:
  Work(const Request& request, const bundled::Bundle& bundle, const specs::TargetPython& target,
       const BuildPlace& place, base::Progress& progress)
      : packages_(with_pip_command(request, place)),
        progress_(progress),
        pip_version_(bundle.wheels().front().version.to_string()),
        target_(target),
        listener_(make_download_listener(request)),
        wanted_(read_wanted(packages_, bundle)),
        client_(new_client(packages_, bundle)),
        settings_(index_settings(packages_, wanted_, bundle)),
        cache_(cache_folder(packages_).empty() ? cache::Cache::disabled()
                                               : cache::Cache(cache_folder(packages_))),
        sharing_(packages_.link_mode.value_or(install::LinkMode::kClone)),
        downloader_(*client_, cache_,
                    {.offline = packages_.offline,
                     .listener = listener_.get(),
                     .links = link_kind(sharing_.mode())}),
        frontend_({place.interpreter, place.beside,
                   [this, &bundle, python = place.interpreter]() -> const wheel::WheelSource& {
                     return pip_for_builds(bundle, python->cache_tag);
                   }},
                  target_, settings_, *client_, cache_, downloader_, progress),
        provider_(target_, settings_, *client_, cache_, downloader_),
        direct_(packages_, target_, downloader_, frontend_, provider_),
        planner_({request, packages_, wanted_, target_, settings_, direct_}, provider_) {
    provider_.set_source_builder(frontend_);
    if (request.upgrade_deps) {
      wanted_.requirements.push_back(specs::Requirement::parse("pip"));
    }
    for (const WantedFile& file : wanted_.files) {
      if (auto requirement = direct_.add(file)) {
        wanted_.requirements.push_back(*std::move(requirement));
      }
    }
  }

  PackagePlan plan(const PresentPackages& present) {
    const base::Step step(progress_, "choose versions");
    PackagePlan plan = planner_.plan(present, carried_requirements(present.carried));
    choice_warnings_ = plan.warnings;
    return plan;
  }

  std::vector<PackageReport> install(const PackagePlan& plan, const specs::Layout& layout,
                                     const install::WheelDestination& destination,
                                     const install::TargetPaths& own,
                                     const install::Launchers& launchers) {
    const base::Step step(progress_, "install packages");
    // What is made must not depend on which wheel arrives first, if it is to be the same twice.
    const bool in_order = source_date_epoch().has_value();
    install::WheelInstaller installer(layout, destination, in_order ? 1 : base::useful_writers());
    installer.reserve(own);
    for (const install::Distribution& kept : plan.changes.kept()) {
      installer.reserve(kept, layout.scheme.purelib);
    }
    std::vector<PackageReport> reports(plan.chosen.size());
    std::vector<std::size_t> added;  // places, in the order in which they came
    const auto add = [&](std::size_t place, const index::FetchedWheel& wheel) {
      reports[place] = report_of(plan.chosen[place], wheel);
      installer.add(wheel.source, options_for(plan.chosen[place], launchers));
      added.push_back(place);
    };
    std::map<std::size_t, index::FetchedWheel> waiting;
    get_all(plan, [&](std::size_t place, const index::FetchedWheel& wheel) {
      if (in_order) {
        waiting.emplace(place, wheel);
      } else {
        add(place, wheel);
      }
    });
    for (const auto& [place, wheel] : waiting) add(place, wheel);
    const std::vector<install::InstalledWheel> installed = installer.finish();
    for (std::size_t i = 0; i < installed.size(); ++i) {
      reports[added[i]].add(installed[i].hooks);
    }
    return reports;
  }

  void write_report(const PackagePlan& plan) {
    if (!packages_.report) return;
    std::vector<ReportedFile> files;
    files.reserve(plan.chosen.size());
    for (const index::ChosenFile& chosen : plan.chosen) {
      const resolve::MetadataAnswer& answer =
          provider_.metadata(chosen.project.name, chosen.project.version);
      files.push_back({.chosen = &chosen,
                       .metadata = std::get_if<resolve::Metadata>(&answer),
                       .direct_url = direct_.direct_url(chosen.project.name)});
    }
    const std::string text = installation_report(files, target_.environment, pip_version_);
    if (*packages_.report == "-") return print_json_text(text);
    const base::Descriptor file =
        base::open_file(*packages_.report, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    base::write_all(file.get(), text + "\n", *packages_.report);
  }

  [[nodiscard]] const WantedPackages& wanted() const { return wanted_; }
  [[nodiscard]] bool is_offline() const { return packages_.offline; }

  [[nodiscard]] bool names(const specs::PackageName& name) const {
    const auto names_it = [&name](const WantedLock& lock) {
      return std::ranges::any_of(lock.lock.packages, [&name](const specs::LockedPackage& package) {
        return package.name == name;
      });
    };
    return std::ranges::any_of(wanted_.requirements,
                               [&name](const specs::Requirement& requirement) {
                                 return requirement.name == name;
                               }) ||
           std::ranges::any_of(wanted_.locks, names_it);
  }

  [[nodiscard]] const index::Notices& notices() const { return provider_.notices(); }

  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> all = wanted_.warnings;
    const std::vector<std::string>& found = provider_.notices().warnings;
    all.insert(all.end(), found.begin(), found.end());
    if (auto warning = copies_warning(packages_, sharing_)) all.push_back(*std::move(warning));
    all.insert(all.end(), choice_warnings_.begin(), choice_warnings_.end());
    if (const std::optional<std::string> problem = cache_.problem()) {
      all.push_back("the cache is not used: " + *problem);
    }
    return all;
  }

 private:
  /// The requirements of packages that come along and that the request does not name; none if there
  /// is a lock, which names everything. Fetches each file that is named by URL or path once.
  std::vector<specs::Requirement> carried_requirements(const CarriedPackages& carried) {
    std::vector<specs::Requirement> requirements;
    if (!wanted_.locks.empty()) return requirements;
    for (const specs::Requirement& requirement : carried.requirements) {
      if (!names(requirement.name)) requirements.push_back(requirement);
    }
    for (const WantedFile& file : carried.files) {
      if (names(file.named->name)) continue;
      if (direct_.find(file.named->name) == nullptr) (void)direct_.add(file);
      requirements.push_back(*file.named);
    }
    return requirements;
  }

  /// Gets every wheel of a plan, and gives them with their places as they come.
  void get_all(const PackagePlan& plan, const index::Downloader::Receiver& receive) {
    std::vector<index::FileRequest> requests;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < plan.chosen.size(); ++i) {
      if (plan.chosen[i].wheel) {
        receive(i, *plan.chosen[i].wheel);
      } else if (!plan.chosen[i].file.is_wheel) {
        receive(i, frontend_.build(index::source_of(plan.chosen[i].file)));
      } else {
        requests.push_back(plan.chosen[i].file.request);
        places.push_back(i);
      }
    }
    downloader_.fetch(requests, [&](std::size_t request, const index::FetchedWheel& wheel) {
      receive(places[request], wheel);
    });
  }

  /// The newest one at hand that runs on the target's Python.
  const wheel::WheelSource& pip_for_builds(const bundled::Bundle& bundle,
                                           const std::string& cache_tag) {
    if (!pip_) pip_.emplace(choose_seed(bundle, {}, target_.version, cache_tag));
    return pip_->source();
  }

  [[nodiscard]] install::InstallOptions options_for(const index::ChosenFile& chosen,
                                                    const install::Launchers& launchers) {
    install::InstallOptions options;
    options.launchers = launchers;
    options.requested = chosen.project.requested;
    const std::string url = direct_.direct_url(chosen.project.name);
    if (!url.empty()) options.direct_url = url;
    options.sharing = &sharing_;
    return options;
  }

  static PackageReport report_of(const index::ChosenFile& chosen,
                                 const index::FetchedWheel& wheel) {
    return {chosen.project.name.normalized(), chosen.project.version.to_string(),
            wheel.request.url.redacted(), wheel.sha256,
            chosen.file.is_folder || wheel.verification.source.has_value()};
  }

  PackageRequest packages_;  ///< with what requirements files say
  base::Progress& progress_;
  std::string pip_version_;  ///< of the bundled one, whose format the report has
  specs::TargetPython target_;
  std::unique_ptr<index::DownloadListener> listener_;  ///< null where downloads are not told
  WantedPackages wanted_;
  std::unique_ptr<net::HttpClient> client_;
  index::IndexSettings settings_;
  cache::Cache cache_;
  install::FileSharing sharing_;
  index::Downloader downloader_;
  std::optional<Seed> pip_;  ///< that builds, once one is needed
  build::Frontend frontend_;
  index::IndexProvider provider_;
  std::vector<std::string> choice_warnings_;
  DirectFiles direct_;
  PackagePlanner planner_;
};

BuildPlace build_place(const venv::Interpreter& interpreter, const std::filesystem::path& path) {
  std::filesystem::path above = path.parent_path();
  while (above != above.parent_path() && !base::file_status(above)) above = above.parent_path();
  return {interpreter.runs_here ? &interpreter : nullptr,
          above / ("." + path.filename().native() + ".ensure-build")};
}

PackageSession::PackageSession(const Request& request, const bundled::Bundle& bundle,
                               const specs::TargetPython& target, const BuildPlace& place,
                               base::Progress& progress)
    : work_(std::make_unique<Work>(request, bundle, target, place, progress)) {}

PackageSession::~PackageSession() = default;

PackagePlan PackageSession::plan(const PresentPackages& present) { return work_->plan(present); }

std::vector<PackageReport> PackageSession::install(const PackagePlan& plan,
                                                   const specs::Layout& layout,
                                                   const install::WheelDestination& destination,
                                                   const install::TargetPaths& own,
                                                   const install::Launchers& launchers) {
  return work_->install(plan, layout, destination, own, launchers);
}

void PackageSession::write_report(const PackagePlan& plan) { work_->write_report(plan); }

bool PackageSession::names(const specs::PackageName& name) const { return work_->names(name); }

bool PackageSession::has_requirements() const { return !work_->wanted().requirements.empty(); }

bool PackageSession::has_lock() const { return !work_->wanted().locks.empty(); }

bool PackageSession::is_offline() const { return work_->is_offline(); }

std::vector<std::string> PackageSession::warnings() const { return work_->warnings(); }

void PackageSession::add_skipped_entries(Result& result) const {
  result.details = work_->notices().details;
  result.skipped_entries = work_->notices().skipped;
}

}  // namespace ensure::bootstrap
