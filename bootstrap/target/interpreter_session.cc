#include "bootstrap/target/interpreter_session.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "bootstrap/packages/package_session.h"
#include "bootstrap/target/addressee.h"
#include "bootstrap/target/environment_session.h"
#include "bootstrap/target/replaceable_files.h"
#include "bootstrap/target/seeding.h"
#include "bootstrap/target/staged_scheme.h"
#include "bootstrap/target/windows_launchers.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/subprocess.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/installed/uninstall.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/transaction/space.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/compile_bytecode.h"
#include "venv/interpreter/target_python.h"

namespace ensure::bootstrap {

namespace {

namespace fs = std::filesystem;
using install::Distribution;

install::PipCommands pip_commands(const Request& request) {
  if (request.altinstall) return install::PipCommands::kAltInstall;
  return request.default_pip ? install::PipCommands::kAll : install::PipCommands::kInstall;
}

/// The names of the commands that ensurepip makes for the same options.
std::vector<std::string> command_names(const Request& request, const specs::Layout& layout) {
  std::vector<std::string> names{"pip" + std::to_string(layout.python_major) + "." +
                                 std::to_string(layout.python_minor)};
  if (!request.altinstall) names.push_back("pip" + std::to_string(layout.python_major));
  if (request.default_pip) names.emplace_back("pip");
  if (layout.windows) {
    for (std::string& name : names) name += ".exe";
  }
  return names;
}

/// The topmost folder on the way to `path` that is missing; none where all are there.
std::optional<fs::path> topmost_missing(const fs::path& path) {
  std::optional<fs::path> missing;
  for (fs::path folder = path; folder.has_relative_path() && !base::link_status(folder);
       folder = folder.parent_path()) {
    missing = folder;
  }
  return missing;
}

bool is_sound(const std::vector<Distribution>& installed) {
  return installed.size() == 1 &&
         install::find_damage(installed.front(), install::Thoroughness::kSize).empty();
}

/// Puts pip into one interpreter: a list of named steps.
class Filling {
 public:
  Filling(const Request& request, Addressee addressee, const bundled::Bundle& bundle,
          base::Progress& progress)
      : request_(request),
        bundle_(bundle),
        progress_(progress),
        addressee_(std::move(addressee)),
        layout_(addressee_.layout()),
        library_(addressee_.on_this_machine(layout_.scheme.purelib)),
        new_folders_{topmost_missing(library_),
                     topmost_missing(addressee_.on_this_machine(layout_.scheme.scripts))},
        seed_(seed_for(addressee_.interpreter(), request, bundle)),
        warnings_(library_warnings(addressee_.interpreter(), addressee_.standard_library())) {
    report_.path = library_;
  }

  Result run() {
    refuse_where_managed();
    if (install::has_leftovers(library_)) {
      install::recover_leftovers(bounds(), library_, request_.lock_timeout);
    }
    begin_packages();
    if (request_.packages.dry_run) {
      if (!examine()) report_plan();
      if (packages_) packages_->write_report(*plan_);
    } else if (!examine()) {
      if (seeds_pip()) install::require_space(library_, seed_.source());
      install::Transaction transaction(bounds(), install::staging_path_inside(library_),
                                       request_.lock_timeout);
      if (!examine()) change(transaction);
    }
    return result();
  }

 private:
  /// `--prefix` and `--target` leave the interpreter's own folders alone.
  void refuse_where_managed() const {
    if (request_.break_system_packages || request_.prefix || request_.target) return;
    addressee_.refuse_externally_managed();
  }

  /// The directories that the run may change. A root, prefix or target directory is one bound. The
  /// directories of an interpreter are bounds of their own, because each of them may be a link.
  [[nodiscard]] install::TargetBounds bounds() const {
    if (request_.root) return {{*request_.root}, install::LinkScope::kInRoot};
    if (request_.target) return {{*request_.target}};
    if (request_.prefix) return {{*request_.prefix}};
    return {own_folders()};
  }

  [[nodiscard]] std::vector<Distribution> find_pips() const {
    return install::find_distributions(library_, seed_.source().name());
  }

  /// Looks at what is there, chooses the packages, and says whether nothing has to be done.
  bool examine() {
    report_.kept.clear();
    has_pip_ = has_pip_as_asked();
    if (!packages_) return has_pip_;
    const fs::path platlib = addressee_.on_this_machine(layout_.scheme.platlib);
    const std::optional<specs::Version> pip =
        has_pip_ ? find_pips().front().version : seed_.source().version();
    plan_ = packages_->plan({.installed = install::find_installed(library_, platlib),
                             .visible = {},
                             .pip = pip,
                             .carried = {}});
    report_.conflicts = plan_->conflicts;
    std::ranges::move(plan_->kept(), std::back_inserter(report_.kept));
    return !seeds_pip() && plan_->changes.empty();
  }

  /// Whether a sound pip is there that need not be upgraded; it is kept then.
  bool has_pip_as_asked() {
    const std::vector<Distribution> installed = find_pips();
    if (!is_sound(installed) || !has_commands()) return false;
    if (request_.upgrade && installed.front().version < seed_.source().version()) return false;
    report_.kept = {report_of(installed.front())};
    return true;
  }

  [[nodiscard]] bool seeds_pip() const { return !has_pip_ && !(plan_ && plan_->has_pip); }

  /// Without packages nothing touches the network.
  void begin_packages() {
    if (request_.packages.empty()) return;
    std::optional<venv::TargetPlatform> platform;
    if (request_.python_platform) {
      platform = venv::TargetPlatform::parse(*request_.python_platform);
    }
    packages_ = std::make_unique<PackageSession>(
        request_, bundle_,
        venv::target_python(addressee_.interpreter(), request_.root.value_or("/"), platform),
        place_for_builds(), progress_);
  }

  /// What is said of a Python instead of seen is not what a build would find.
  [[nodiscard]] BuildPlace place_for_builds() const {
    BuildPlace place =
        build_place(addressee_.interpreter(), install::staging_path_inside(library_));
    if (request_.python_platform || request_.python_version) place.interpreter = nullptr;
    return place;
  }

  void report_plan() {
    if (seeds_pip()) {
      report_.installed.push_back(report_of(seed_));
      for (const Distribution& pip : find_pips()) report_.removed.push_back(report_of(pip));
    }
    if (plan_) {
      std::ranges::move(plan_->to_be_installed(), std::back_inserter(report_.installed));
      std::ranges::move(plan_->removed(), std::back_inserter(report_.removed));
    }
    report_.outcome = Outcome::kChanged;
  }

  [[nodiscard]] Result result() const {
    Result result{{report_}, report_of(addressee_.interpreter()), warnings_};
    result.dry_run = request_.packages.dry_run;
    result.lists_packages = packages_ != nullptr;
    if (packages_) std::ranges::move(packages_->warnings(), std::back_inserter(result.warnings));
    if (packages_) packages_->add_skipped_entries(result);
    return result;
  }

  /// An earlier run may have been asked for fewer of them.
  [[nodiscard]] bool has_commands() const {
    const fs::path folder = addressee_.on_this_machine(layout_.scheme.scripts);
    return std::ranges::all_of(command_names(request_, layout_), [&](const std::string& name) {
      return base::link_status(folder / name).has_value();
    });
  }

  void change(install::Transaction& transaction) {
    const StagedScheme staged(addressee_, layout_.scheme, transaction);
    if (seeds_pip()) replace_pip(transaction, staged);
    if (plan_) change_packages(transaction, staged);
    refuse_unowned_files(staged);
    staged.merge(transaction);
    if (packages_) packages_->write_report(*plan_);
    {
      const base::Step step(progress_, "move into place");
      transaction.apply();
      transaction.commit();
    }
    const std::optional<std::int64_t> time = source_date_epoch();
    for (const std::optional<fs::path>& folder : new_folders_) {
      if (!time || !folder) continue;
      const install::OpenEntry entry = transaction.tree().open(transaction.tree().locate(*folder));
      base::set_times(entry.parent.open_directory(entry.name), *time);
    }
    report_.outcome = Outcome::kChanged;
  }

  void refuse_unowned_files(const StagedScheme& staged) const {
    if (request_.force_overwrite) return;
    std::vector<Distribution> removed = find_pips();
    if (plan_) std::ranges::move(plan_->changes.removed(), std::back_inserter(removed));
    const fs::path platlib = addressee_.on_this_machine(layout_.scheme.platlib);
    const fs::path scripts = addressee_.on_this_machine(layout_.scheme.scripts);
    install::refuse_unowned_files(staged.trees(),
                                  replaceable_in({library_, platlib}, scripts, removed));
  }

  /// The folders in which the files of what is removed may lie.
  [[nodiscard]] std::vector<fs::path> own_folders() const {
    const specs::Scheme& scheme = layout_.scheme;
    std::vector<fs::path> folders{library_};
    for (const fs::path& folder : {scheme.platlib, scheme.scripts, scheme.data, scheme.headers}) {
      folders.push_back(addressee_.on_this_machine(folder));
    }
    return folders;
  }

  void replace_pip(install::Transaction& transaction, const StagedScheme& staged) {
    const std::vector<fs::path> allowed{library_,
                                        addressee_.on_this_machine(layout_.scheme.scripts)};
    for (const Distribution& distribution : find_pips()) {
      remove_pip(transaction, distribution, allowed);
      report_.removed.push_back(report_of(distribution));
    }
    install_seed(seed_, layout_, staged.destination(), pip_commands(request_), launchers(),
                 progress_);
    report_.installed.push_back(report_of(seed_));
  }

  /// For commands on Windows; none elsewhere.
  [[nodiscard]] install::Launchers launchers() {
    if (!layout_.windows) return {};
    if (!launchers_) {
      launchers_ = WindowsLaunchers::in(seed_.source(), addressee_.interpreter().machine);
    }
    return launchers_->programs();
  }

  /// The pip of this run, which no wheel may replace a file of.
  [[nodiscard]] install::TargetPaths own_paths(const StagedScheme& staged) const {
    return {.owner = "the interpreter",
            .files = {},
            .links = {},
            .staged = install::find_distributions(staged.staged_path(layout_.scheme.purelib))};
  }

  void change_packages(install::Transaction& transaction, const StagedScheme& staged) {
    install::remove_distributions(transaction, plan_->changes.removed(), plan_->changes.kept(),
                                  own_folders());
    std::ranges::move(plan_->removed(), std::back_inserter(report_.removed));
    std::ranges::move(
        packages_->install(*plan_, layout_, staged.destination(), own_paths(staged), launchers()),
        std::back_inserter(report_.installed));
    if (request_.packages.compile_bytecode) compile(staged.staged_path(layout_.scheme.purelib));
  }

  /// Modules that cannot be compiled are templates of some kind; they are left as they are.
  void compile(const fs::path& library) const {
    const venv::Interpreter& interpreter = addressee_.interpreter();
    if (!interpreter.runs_here) {
      throw base::Error(base::ExitCode::kInterpreter,
                        "`--compile-bytecode` needs an interpreter that runs here")
          .with_hint("leave it out: the target's Python compiles modules when it imports them");
    }
    (void)install::compile_bytecode({.interpreter = {interpreter.executable.native(), "-I", "-S"},
                                     .environment = base::environment_without({"PYTHON"}),
                                     .folders = {library},
                                     .staged = library,
                                     .final_path = layout_.scheme.purelib});
  }

  const Request& request_;
  const bundled::Bundle& bundle_;
  base::Progress& progress_;
  Addressee addressee_;
  specs::Layout layout_;
  fs::path library_;
  std::vector<std::optional<fs::path>> new_folders_;  ///< that the run will create, topmost ones
  Seed seed_;
  std::vector<std::string> warnings_;
  bool has_pip_ = false;
  std::optional<WindowsLaunchers> launchers_;
  std::unique_ptr<PackageSession> packages_;  ///< null where no packages are asked for
  std::optional<PackagePlan> plan_;
  TargetReport report_;
};

/// The interpreter that is asked for turned out to be that of an environment: pip goes there.
Result fill_environment(const Request& request, const fs::path& environment,
                        const bundled::Bundle& bundle, base::Progress& progress) {
  if (request.user) {
    throw base::Error(base::ExitCode::kFileSystem, "`--user` cannot be used in the environment `" +
                                                       environment.native() +
                                                       "`: it does not see the user's packages")
        .with_hint("leave `--user` out, or name the interpreter that it was made from");
  }
  Request inside = request;
  inside.environments = {environment};
  inside.python.reset();
  return make_environments(inside, bundle, progress);
}

}  // namespace

Result fill_interpreter(const Request& request, const bundled::Bundle& bundle,
                        base::Progress& progress) {
  Addressee addressee = Addressee::find(request);
  const std::optional<fs::path>& environment = addressee.environment();
  const bool own_folders = !request.prefix && !request.target && !request.root;
  if (environment && own_folders) return fill_environment(request, *environment, bundle, progress);
  return Filling(request, std::move(addressee), bundle, progress).run();
}

}  // namespace ensure::bootstrap
