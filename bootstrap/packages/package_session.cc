#include "bootstrap/packages/package_session.h"

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "bootstrap/cli/suggestions.h"
#include "bootstrap/packages/package_sources.h"
#include "bootstrap/report/progress.h"
#include "bootstrap/report/report.h"
#include "bootstrap/report/terminal.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/parallel.h"
#include "installer/install/wheel/wheel_installer.h"
#include "installer/net/transfer/curl_client.h"

namespace ensure::bootstrap {

namespace {

/// The request, with the pip of the target for hints.
PackageRequest with_pip_command(const Request& request, const BuildPlace& place) {
  PackageRequest packages = request.packages;
  packages.pip_command = pip_command(
      request, place.interpreter == nullptr ? base::Path() : place.interpreter->executable);
  return packages;
}

/// Uses a client of its own: the files may name hosts to trust, which the other client must know.
RequestedPackages read_requested(PackageRequest& packages, const ClientFactory& new_client) {
  const std::unique_ptr<net::HttpClient> client = new_client(packages);
  return read_requested_packages(packages,
                                 [&client](const std::string& location, NamedBy named_by) {
                                   return load_text(*client, location, named_by);
                                 });
}

cache::Cache cache_for(const PackageRequest& packages) {
  const base::Path directory = cache_directory(packages);
  return directory.empty() ? cache::Cache::disabled() : cache::Cache(directory);
}

void refuse_other_python(const std::vector<RequiredPython>& required,
                         const specs::TargetPython& target) {
  for (const RequiredPython& one : required) {
    if (one.versions.contains(target.version)) continue;
    const std::string versions = one.versions.to_string();
    throw base::Error(base::ExitCode::kNoSolution, "`" + one.source + "` requires Python " +
                                                       versions + ", and this is Python " +
                                                       target.environment.python_full_version)
        .with_hint("`--python '" + versions + "'` chooses one; `ensure python list` lists them");
  }
}

PackageReport report_of(const index::ChosenFile& chosen, const index::FetchedWheel& wheel) {
  return {chosen.project.name.normalized(), chosen.project.version.to_string(),
          wheel.request.url.redacted(), wheel.sha256,
          chosen.file.form != index::SourceForm::kArchive || wheel.verification.source.has_value()};
}

}  // namespace

BuildPlace build_place(const venv::Interpreter& interpreter, const base::Path& path) {
  base::Path above = path.parent_path();
  while (above != above.parent_path() && !base::file_status(above)) above = above.parent_path();
  return {interpreter.runs_here ? &interpreter : nullptr,
          above / ("." + path.filename().text() + ".ensure-build")};
}

ClientFactory network_clients(const bundled::Bundle& bundle) {
  return [&bundle](const PackageRequest& packages) {
    return net::make_http_client(network_settings(packages, bundle));
  };
}

PackageSession::PackageSession(const Request& request, const bundled::Bundle& bundle,
                               specs::TargetPython target, const BuildPlace& place,
                               const ClientFactory& new_client, base::Progress& progress)
    : packages_(with_pip_command(request, place)),
      progress_(progress),
      pip_version_(bundle.wheels().front().version.to_string()),
      target_(std::move(target)),
      listener_(make_download_listener(request)),
      requested_(read_requested(packages_, new_client)),
      client_(new_client(packages_)),
      settings_(index_settings(packages_, requested_, bundle)),
      cache_(cache_for(packages_)),
      sharing_(packages_.link_mode.value_or(wheel::LinkMode::kClone)),
      downloader_(
          *client_, cache_,
          {.offline = packages_.offline, .listener = listener_.get(), .links = sharing_.mode()}),
      frontend_({place.interpreter, place.beside,
                 [this, &bundle, python = place.interpreter]() -> const wheel::WheelSource& {
                   if (!pip_) pip_ = choose_seed(bundle, {}, target_.version, python->cache_tag);
                   return *pip_->source;
                 }},
                target_, settings_, *client_, cache_, downloader_, progress),
      provider_(target_, settings_, *client_, cache_, downloader_),
      direct_(packages_, target_, downloader_, frontend_, provider_),
      planner_({request, packages_, requested_, target_, settings_, direct_}, provider_) {
  provider_.set_source_builder(frontend_);
  refuse_other_python(requested_.pythons, target_);
  if (request.upgrade_deps) requested_.requirements.push_back(specs::Requirement::parse("pip"));
  for (const RequestedFile& file : requested_.files) {
    if (auto requirement = direct_.add(file)) {
      requested_.requirements.push_back(*std::move(requirement));
    }
  }
}

PackagePlan PackageSession::plan(const InstalledPackages& installed) {
  const base::Step step(progress_, "choose versions");
  const CarriedPackages& carried = installed.carried;
  if (carried.empty()) return choose(installed);
  carried.refuse_left([this](const specs::PackageName& name) { return names(name); });
  try {
    PackagePlan plan = choose(installed);
    if (!requested_.locks.empty()) carried.refuse_missing(plan.wanted);
    return plan;
  } catch (const base::Error& error) {
    const base::ExitCode code = error.exit_code();
    const bool is_offline = code == base::ExitCode::kNetwork && packages_.offline;
    const bool is_about_packages =
        code == base::ExitCode::kNoSolution || code == base::ExitCode::kUsage;
    if (!is_offline && !is_about_packages) throw;
    if (!requested_.requirements.empty()) {
      // If the request has no solution even without the carried packages, that is the error.
      InstalledPackages without = installed;
      without.carried = {};
      (void)choose(without);
    }
    throw carried.refusal_because(error);
  }
}

PackagePlan PackageSession::choose(const InstalledPackages& installed) {
  PackagePlan plan = planner_.plan(installed, carried_requirements(installed.carried));
  choice_warnings_ = plan.warnings;
  return plan;
}

/// Whether the request itself names the project, by a requirement, a file or a lock.
bool PackageSession::names(const specs::PackageName& name) const {
  const auto is_locked = [&name](const RequestedLock& lock) {
    const std::vector<specs::LockedPackage>& packages = lock.lock.packages;
    return std::ranges::find(packages, name, &specs::LockedPackage::name) != packages.end();
  };
  return std::ranges::find(requested_.requirements, name, &specs::Requirement::name) !=
             requested_.requirements.end() ||
         std::ranges::any_of(requested_.locks, is_locked);
}

/// The requirements of packages that come along and that the request does not name; none if there
/// is a lock, which names everything. Fetches each file that is named by URL or path once.
std::vector<specs::Requirement> PackageSession::carried_requirements(
    const CarriedPackages& carried) {
  std::vector<specs::Requirement> requirements;
  if (!requested_.locks.empty()) return requirements;
  for (const specs::Requirement& requirement : carried.requirements) {
    if (!names(requirement.name)) requirements.push_back(requirement);
  }
  for (const RequestedFile& file : carried.files) {
    if (names(file.named->name)) continue;
    if (direct_.find(file.named->name) == nullptr) (void)direct_.add(file);
    requirements.push_back(*file.named);
  }
  return requirements;
}

std::vector<PackageReport> PackageSession::install(const PackagePlan& plan,
                                                   const specs::Layout& layout,
                                                   const install::WheelDestination& destination,
                                                   const install::TargetPaths& reserved,
                                                   const install::Launchers& launchers) {
  const base::Step step(progress_, "install packages");
  // With SOURCE_DATE_EPOCH the result must not depend on which wheel arrives first.
  const bool in_order = source_date_epoch().has_value();
  install::WheelInstaller installer(layout, destination, in_order ? 1 : base::useful_writers());
  installer.reserve(reserved);
  for (const install::Distribution& kept : plan.changes.kept()) {
    installer.reserve(kept, layout.scheme.purelib);
  }
  std::vector<PackageReport> reports(plan.chosen.size());
  std::vector<std::size_t> added;  // indexes of `plan.chosen`, in the order of the installer
  const auto add = [&](std::size_t place, const index::FetchedWheel& wheel) {
    reports[place] = report_of(plan.chosen[place], wheel);
    installer.add(wheel.source, options_for(plan.chosen[place], wheel, launchers));
    added.push_back(place);
  };
  std::map<std::size_t, index::FetchedWheel> waiting;
  fetch_all(plan, [&](std::size_t place, const index::FetchedWheel& wheel) {
    if (in_order) {
      waiting.emplace(place, wheel);
    } else {
      add(place, wheel);
    }
  });
  for (const auto& [place, wheel] : waiting) add(place, wheel);
  const std::vector<install::StartupHooks> all_hooks = installer.finish();
  for (std::size_t i = 0; i < all_hooks.size(); ++i) {
    const install::StartupHooks& hooks = all_hooks[i];
    PackageReport& report = reports[added[i]];
    report.startup_hooks = hooks.pth_files;
    report.startup_hooks.insert(report.startup_hooks.end(), hooks.startup_modules.begin(),
                                hooks.startup_modules.end());
    report.shadowed_modules = hooks.shadowed_modules;
  }
  return reports;
}

/// Passes each wheel of the plan to `receive`, with its index, as soon as it is there.
void PackageSession::fetch_all(const PackagePlan& plan,
                               const index::Downloader::Receiver& receive) {
  std::vector<index::FileRequest> requests;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < plan.chosen.size(); ++i) {
    const index::ChosenFile& chosen = plan.chosen[i];
    if (chosen.wheel) {
      receive(i, *chosen.wheel);
    } else if (!chosen.file.is_wheel) {
      receive(i, frontend_.build(index::source_of(chosen.file)));
    } else {
      requests.push_back(chosen.file.request);
      places.push_back(i);
    }
  }
  downloader_.fetch(requests, [&](std::size_t request, const index::FetchedWheel& wheel) {
    receive(places[request], wheel);
  });
}

install::InstallOptions PackageSession::options_for(const index::ChosenFile& chosen,
                                                    const index::FetchedWheel& wheel,
                                                    const install::Launchers& launchers) {
  install::InstallOptions options;
  options.launchers = launchers;
  options.requested = chosen.project.requested;
  const std::string url = direct_.direct_url(chosen.project.name);
  if (!url.empty()) {
    options.direct_url = url;
  } else if (packages_.require_hashes) {
    // So that the next run with hashes knows what this one has verified.
    options.provenance_url = specs::provenance_url_json(wheel.request.url, wheel.sha256);
  }
  options.sharing = &sharing_;
  options.refuse_startup_hooks = packages_.no_startup_hooks;
  return options;
}

void PackageSession::write_report(const PackagePlan& plan) {
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
  base::File::open_for_output(*packages_.report).write(text + "\n");
}

std::vector<std::string> PackageSession::warnings() const {
  std::vector<std::string> all = packages_.warnings;
  all.insert(all.end(), requested_.warnings.begin(), requested_.warnings.end());
  const std::vector<std::string>& found = provider_.notices().warnings;
  all.insert(all.end(), found.begin(), found.end());
  if (packages_.link_mode && !sharing_.failure().empty()) {
    all.push_back("files are copied: `--link-mode " +
                  std::string(wheel::name_of(*packages_.link_mode)) +
                  "` is not possible from the cache to the target: " + sharing_.failure());
  }
  all.insert(all.end(), choice_warnings_.begin(), choice_warnings_.end());
  if (const std::optional<std::string> problem = cache_.failure()) {
    all.push_back("the cache is not used: " + *problem);
  }
  return all;
}

}  // namespace ensure::bootstrap
