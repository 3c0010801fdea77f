#include "bootstrap/package_session.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "bootstrap/bundled_files.h"
#include "bootstrap/cache_command.h"
#include "bootstrap/direct_files.h"
#include "bootstrap/download_display.h"
#include "bootstrap/installation_report.h"
#include "bootstrap/link_modes.h"
#include "bootstrap/locked_packages.h"
#include "bootstrap/network_settings.h"
#include "bootstrap/package_sources.h"
#include "bootstrap/pip_command.h"
#include "bootstrap/seed.h"
#include "bootstrap/terminal.h"
#include "bootstrap/visible_projects.h"
#include "bootstrap/wanted_packages.h"
#include "bootstrap/frontend/frontend.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/parallel.h"
#include "installer/cache/cache.h"
#include "installer/index/downloader.h"
#include "installer/index/no_solution_error.h"
#include "installer/index/settings.h"
#include "installer/install/same_content.h"
#include "installer/install/wheel_installer.h"
#include "installer/net/curl_client.h"
#include "installer/resolve/resolve.h"
#include "installer/specs/lock_selection.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// More threads than this only wait for each other in the file system.
constexpr std::size_t kMostThreads = 4;

const specs::PackageName& pip_name() {
  static const specs::PackageName kName = specs::PackageName::parse("pip");
  return kName;
}

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
  return read_wanted_packages(
      packages, [&client](const std::string& location) { return load_text(*client, location); });
}

}  // namespace

class PackageSession::Work {
 public:
  Work(const Request& request, const bundled::Bundle& bundle, const venv::PackageTarget& target,
       const BuildPlace& place, base::Progress& progress)
      : request_(request),
        packages_(with_pip_command(request, place)),
        progress_(progress),
        pip_version_(bundle.wheels().front().version.to_string()),
        target_{specs::TagSet(target.tags),
                specs::Version::parse(target.environment.python_full_version), target.environment},
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
        direct_(packages_, target_, downloader_, frontend_, provider_) {
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

  PackagePlan plan(const install::InstalledProjects& installed,
                   const install::InstalledProjects& visible,
                   const std::optional<specs::Version>& seed) {
    const base::Step step(progress_, "choose versions");
    if (!wanted_.locks.empty()) return plan_of_locks(installed);
    const resolve::Problem problem = problem_for(installed, visible, seed);
    tell_installed(provider_, installed, visible, problem.preferences);
    if (seed && !request_.upgrade_deps) tell_seed(provider_, pip_name(), *seed);
    provider_.expect(wanted_.requirements);
    const resolve::Outcome outcome = resolve::resolve(problem, provider_);
    if (const auto* failure = std::get_if<resolve::NoSolution>(&outcome)) {
      // A damaged wheel among the reasons is the error, not that nothing else is left.
      if (const std::optional<Error> refusal = provider_.refusal_in(*failure))
        throw Error(*refusal);
      throw index::no_solution_error(*failure, problem, provider_, settings_);
    }
    const auto& resolution = std::get<resolve::Resolution>(outcome);
    PackagePlan plan = plan_for(resolution, installed, visible, seed);
    choice_warnings_ = choice_warnings(resolution, plan.chosen, problem);
    return plan;
  }

  std::vector<PackageReport> install(const PackagePlan& plan, const specs::Layout& layout,
                                     const install::WheelDestination& destination,
                                     const install::TargetPaths& own) {
    const base::Step step(progress_, "install packages");
    install::WheelInstaller installer(layout, destination, base::useful_threads(kMostThreads));
    installer.reserve(own);
    for (const install::Distribution& kept : plan.changes.kept()) {
      installer.reserve(kept, layout.scheme.purelib);
    }
    std::vector<PackageReport> reports(plan.chosen.size());
    std::vector<std::size_t> added;  // places, in the order in which they came
    std::vector<index::FileRequest> requests;
    std::vector<std::size_t> places;
    const auto add = [&](std::size_t place, const index::FetchedWheel& wheel) {
      reports[place] = report_of(plan.chosen[place], wheel);
      installer.add(wheel.source, options_for(plan.chosen[place], wheel));
      added.push_back(place);
    };
    for (std::size_t i = 0; i < plan.chosen.size(); ++i) {
      if (plan.chosen[i].wheel) {
        add(i, *plan.chosen[i].wheel);
      } else if (!plan.chosen[i].file.is_wheel) {
        add(i, frontend_.build(index::source_of(plan.chosen[i].file)));
      } else {
        requests.push_back(plan.chosen[i].file.request);
        places.push_back(i);
      }
    }
    downloader_.fetch(requests, [&](std::size_t request, const index::FetchedWheel& wheel) {
      add(places[request], wheel);
    });
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
                       .direct_url = direct_url(chosen.project)});
    }
    const std::string text = installation_report(files, target_.environment, pip_version_);
    if (*packages_.report == "-") return print_data(text);
    const base::Descriptor file =
        base::open_file(*packages_.report, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    base::write_all(file.get(), text, *packages_.report);
  }

  [[nodiscard]] std::vector<std::string> warnings() const {
    std::vector<std::string> all = wanted_.warnings;
    const std::vector<std::string>& found = provider_.warnings();
    all.insert(all.end(), found.begin(), found.end());
    if (auto warning = copies_warning(packages_, sharing_)) all.push_back(*std::move(warning));
    all.insert(all.end(), choice_warnings_.begin(), choice_warnings_.end());
    if (const std::optional<std::string> problem = cache_.problem()) {
      all.push_back("the cache is not used: " + *problem);
    }
    return all;
  }

 private:
  /// The newest one at hand that runs on the target's Python.
  const wheel::WheelSource& pip_for_builds(const bundled::Bundle& bundle,
                                           const std::string& cache_tag) {
    if (!pip_) pip_.emplace(choose_seed(bundle, {}, {target_.python_version, cache_tag}));
    return pip_->source();
  }

  [[nodiscard]] resolve::Problem problem_for(const install::InstalledProjects& installed,
                                             const install::InstalledProjects& visible,
                                             const std::optional<specs::Version>& seed) const {
    resolve::Problem problem;
    problem.requirements = wanted_.requirements;
    problem.constraints = wanted_.constraints;
    problem.direct_references = direct_.references();
    problem.environment = target_.environment;
    problem.python_version = target_.python_version;
    problem.strategy = settings_.resolution;
    problem.prereleases =
        packages_.pre ? resolve::PrereleasePolicy::kAllow : resolve::PrereleasePolicy::kIfNecessary;
    problem.no_deps = packages_.no_deps;
    const bool keeps_pip = !request_.upgrade_deps;
    if (!request_.upgrade) {
      for (const auto* projects : {&installed, &visible}) {
        for (const install::InstalledProject& project : projects->projects) {
          if (project.distribution.name == pip_name() && !keeps_pip) continue;
          problem.preferences.push_back({project.distribution.name, project.distribution.version});
        }
      }
    }
    if (seed && keeps_pip) problem.preferences.push_back({pip_name(), *seed});
    return problem;
  }

  PackagePlan plan_for(const resolve::Resolution& resolution,
                       const install::InstalledProjects& installed,
                       const install::InstalledProjects& visible,
                       const std::optional<specs::Version>& seed) {
    PackagePlan plan;
    const auto stays = [&](const resolve::ResolvedProject& project) {
      return is_there(project, installed) || is_there(project, visible) ||
             (seed && project.name == pip_name() && project.version == *seed);
    };
    plan.chosen = provider_.choose(resolution, stays);
    for (const resolve::ResolvedProject& project : resolution.projects) {
      const bool seeded = seed && project.name == pip_name() && project.version == *seed;
      const bool below = !is_there(project, installed) && is_there(project, visible);
      if (seeded || below) continue;
      plan.has_pip |= project.name == pip_name();
      plan.wanted.push_back({.name = project.name,
                             .version = project.version,
                             .direct_url = direct_url(project),
                             .anew = has_changed(project, installed)});
    }
    compare(plan, installed);
    return plan;
  }

  void compare(PackagePlan& plan, const install::InstalledProjects& installed) const {
    install::Unwanted unwanted;
    unwanted.remove = packages_.sync;
    unwanted.kept_always.insert(pip_name());
    plan.changes = install::plan_changes(installed, plan.wanted, unwanted);
  }

  /// A lock says it all: nothing is resolved.
  PackagePlan plan_of_locks(const install::InstalledProjects& installed) {
    if (!wanted_.requirements.empty()) {
      throw Error(ExitCode::kUsage, "a lock goes with no other requirements")
          .with_hint("lock those, too, or install them by a second run");
    }
    PackagePlan plan;
    for (const WantedLock& lock : wanted_.locks) {
      const specs::LockTarget target{.environment = target_.environment,
                                     .tags = target_.tags,
                                     .extras = lock.extras,
                                     .groups = std::nullopt,
                                     .formats = packages_.formats};
      for (index::ChosenFile& file : locked_files(lock, target, packages_)) {
        plan.wanted.push_back(
            {.name = file.project.name, .version = file.project.version, .direct_url = {}});
        plan.has_pip |= file.project.name == pip_name();
        if (!is_there(file.project, installed)) plan.chosen.push_back(std::move(file));
      }
    }
    compare(plan, installed);
    return plan;
  }

  [[nodiscard]] std::string direct_url(const resolve::ResolvedProject& project) const {
    const DirectFiles::Origin* const origin = direct_.find(project.name);
    return origin == nullptr ? std::string() : origin->direct_url;
  }

  /// A folder may have other content than when it was installed, though its version is the same.
  [[nodiscard]] bool has_changed(const resolve::ResolvedProject& project,
                                 const install::InstalledProjects& projects) const {
    const DirectFiles::Origin* const origin = direct_.find(project.name);
    const install::InstalledProject* const found = find_project(projects, project.name);
    return origin != nullptr && origin->built_folder && found != nullptr &&
           !install::has_content_of(found->distribution, *origin->built_folder->archive);
  }

  [[nodiscard]] bool is_there(const resolve::ResolvedProject& project,
                              const install::InstalledProjects& projects) const {
    const install::InstalledProject* const found = find_project(projects, project.name);
    const std::string url = direct_url(project);
    return found != nullptr && found->distribution.version == project.version &&
           (url.empty() || found->direct_url == url) && !has_changed(project, projects);
  }

  [[nodiscard]] install::InstallOptions options_for(const index::ChosenFile& chosen,
                                                    const index::FetchedWheel&) {
    install::InstallOptions options;
    options.requested = chosen.project.requested;
    const std::string url = direct_url(chosen.project);
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

  const Request& request_;
  PackageRequest packages_;  ///< with what requirements files say
  base::Progress& progress_;
  std::string pip_version_;  ///< of the bundled one, whose format the report has
  index::IndexTarget target_;
  std::unique_ptr<index::DownloadListener> listener_;  ///< null where downloads are not told
  WantedPackages wanted_;
  std::unique_ptr<net::HttpClient> client_;
  index::IndexSettings settings_;
  cache::Cache cache_;
  install::FileSharing sharing_;
  index::Downloader downloader_;
  std::optional<Seed> pip_;  ///< that builds, once one is needed
  frontend::Frontend frontend_;
  index::IndexProvider provider_;
  std::vector<std::string> choice_warnings_;
  DirectFiles direct_;
};

BuildPlace build_place(const venv::Interpreter& interpreter, const std::filesystem::path& path) {
  std::filesystem::path above = path.parent_path();
  while (above != above.parent_path() && !base::file_status(above)) above = above.parent_path();
  return {interpreter.runs_here ? &interpreter : nullptr,
          above / ("." + path.filename().native() + ".ensure-build")};
}

PackageSession::PackageSession(const Request& request, const bundled::Bundle& bundle,
                               const venv::PackageTarget& target, const BuildPlace& place,
                               base::Progress& progress)
    : work_(std::make_unique<Work>(request, bundle, target, place, progress)) {}

PackageSession::~PackageSession() = default;

PackagePlan PackageSession::plan(const install::InstalledProjects& installed,
                                 const install::InstalledProjects& visible,
                                 const std::optional<specs::Version>& seed) {
  return work_->plan(installed, visible, seed);
}

std::vector<PackageReport> PackageSession::install(const PackagePlan& plan,
                                                   const specs::Layout& layout,
                                                   const install::WheelDestination& destination,
                                                   const install::TargetPaths& own) {
  return work_->install(plan, layout, destination, own);
}

void PackageSession::write_report(const PackagePlan& plan) { work_->write_report(plan); }

std::vector<std::string> PackageSession::warnings() const { return work_->warnings(); }

}  // namespace ensure::bootstrap
