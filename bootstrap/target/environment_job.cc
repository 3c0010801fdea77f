#include "bootstrap/target/environment_job.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "bootstrap/packages/visible_projects.h"
#include "bootstrap/target/carrying.h"
#include "bootstrap/target/environment_packages.h"
#include "bootstrap/target/environment_paths.h"
#include "bootstrap/target/environment_refusals.h"
#include "bootstrap/target/other_pythons.h"
#include "bootstrap/target/replaceable_files.h"
#include "bootstrap/target/seeding.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/subprocess.h"
#include "installer/install/installed/uninstall.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/transaction/merge.h"
#include "installer/install/transaction/space.h"
#include "installer/install/wheel/compile_bytecode.h"
#include "installer/install/wheel/destination.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using install::Distribution;
using Existing = install::Transaction::Existing;
using Kind = venv::ExistingEnvironment::Kind;

/// The options of the request; the environment's own for those that the request does not mention.
venv::EnvironmentOptions options_for(const Request& request,
                                     const std::optional<venv::ExistingEnvironment>& existing) {
  venv::EnvironmentOptions options;
  options.system_site_packages = request.system_site_packages;
  options.copies = request.copies.value_or(existing && venv::has_copies(*existing));
  options.scm_ignore_files = request.scm_ignore_files;
  options.relocatable = request.relocatable;
  options.prompt = request.prompt;
  options.with_pip = !request.without_pip;
  options.clear = request.clear;
  options.upgrade = request.upgrade;
  options.upgrade_deps = request.upgrade_deps;
  if (!existing) return options;
  // Where no interpreter is named, the rest was never in force: some tool was killed.
  options.system_site_packages |=
      existing->configuration.value("home") && existing->configuration.system_site_packages();
  return venv::for_existing(std::move(options), *existing);
}

std::vector<Distribution> find_pips(const venv::ExistingEnvironment& environment,
                                    const venv::Interpreter& interpreter) {
  return install::find_distributions(environment.site_packages(interpreter.library_name),
                                     specs::PackageName::parse("pip"));
}

/// Whether the target may be an environment, or has the staging directory of a killed run inside.
bool may_be_environment(const base::Path& location) {
  return base::link_status(location / "pyvenv.cfg") ||
         base::link_status(install::staging_path_inside(location));
}

void stamp(const base::Directory& staged) {
  if (const std::optional<std::int64_t> time = source_date_epoch()) {
    base::set_times(staged, *time);
  }
}

}  // namespace

EnvironmentJob::EnvironmentJob(const base::Path& path, const Request& request)
    : request_(request),
      final_path_(base::absolute_path(path)),
      location_(install::resolved_target(final_path_)) {
  venv::check_environment_path(final_path_);
  report_.path = final_path_;
}

void EnvironmentJob::examine() {
  // First finish or undo the change of a killed run: until then the target is half changed.
  if (!transaction_ && install::has_leftovers(location_)) {
    install::recover_leftovers({{final_path_}}, location_, request_.lock_timeout);
  }
  existing_.reset();
  replaced_.reset();
  occupied_ = Existing::kNothing;
  std::optional<venv::ExistingEnvironment> found = venv::read_environment(location_);
  if (!found) return;
  switch (found->kind) {
    case Kind::kNoFolder:
      throw Error(ExitCode::kFileSystem,
                  "`" + final_path_.text() + "` exists and is not a directory")
          .with_hint("choose another path, or move the file away");
    case Kind::kForeign:
      refuse_foreign(*found, final_path_);
    case Kind::kEmptyFolder:
      occupied_ = Existing::kEmptyDirectory;
      return;
    case Kind::kEnvironment:
      occupied_ = Existing::kAnything;
      (request_.clear ? replaced_ : existing_) = std::move(found);
  }
}

void EnvironmentJob::compare(const venv::Interpreter& interpreter) {
  parts_ = venv::environment_parts(final_path_, interpreter, options_for(request_, existing_));
  pips_.clear();
  pip_is_sound_ = false;
  report_.kept.clear();
  if (replaced_) report_.removed = packages_of(*replaced_);
  if (!existing_) return;
  if (!request_.upgrade) refuse_other_python(*existing_, interpreter, final_path_);
  for_other_minor_ = !venv::is_for(*existing_, interpreter);
  // `--sync` removes all packages that the request does not need, so none comes along.
  const bool may_carry = !request_.packages.sync || request_.packages.empty();
  carried_ = for_other_minor_ && may_carry ? packages_to_carry(*existing_, interpreter)
                                           : CarriedPackages();

  std::vector<venv::EnvironmentPart> different;
  for (const venv::PartDifference& difference :
       venv::differences(*existing_, parts_, interpreter)) {
    different.push_back(std::move(parts_[difference.part]));
  }
  parts_ = std::move(different);

  if (request_.relocatable) refuse_fixed(*existing_, interpreter, final_path_);

  pips_ = find_pips(*existing_, interpreter);
  pip_is_sound_ = pips_.size() == 1 &&
                  install::find_damage(pips_.front(), install::Thoroughness::kSize).empty();
  if (pip_is_sound_) report_.kept = {report_of(pips_.front())};
}

bool EnvironmentJob::has_pip_as_asked(const Seed* seed) const {
  if (request_.without_pip) return true;
  if (!pip_is_sound_) return false;
  return seed == nullptr || !request_.upgrade || pips_.front().version >= seed->source().version();
}

void EnvironmentJob::plan(PackageSession& packages, const venv::Interpreter& interpreter,
                          const Seed* seed) {
  PresentPackages present;
  if (existing_ && !for_other_minor_) {
    const base::Path folder = existing_->site_packages(interpreter.library_name);
    present.installed = install::find_installed(folder, folder);
  }
  if (options_for(request_, existing_).system_site_packages) {
    present.visible = find_visible(interpreter);
  }
  if (pip_is_sound_ && has_pip_as_asked(seed)) {
    present.pip = pips_.front().version;
  } else if (seed != nullptr) {
    present.pip = seed->source().version();
  }
  present.carried = carried_;
  plan_ = carries_packages()
              ? plan_carrying(packages, present, {final_path_.text(), interpreter.version_text})
              : packages.plan(present);
  report_.conflicts = plan_->conflicts;
  std::vector<PackageReport> kept = plan_->kept();
  std::ranges::move(kept, std::back_inserter(report_.kept));
}

bool EnvironmentJob::is_as_asked(const Seed* seed) const {
  return existing_ && !for_other_minor_ && parts_.empty() && has_pip_as_asked(seed) &&
         has_packages_as_asked();
}

/// The pip to put in; none where it is there, or is one of the packages.
const Seed* EnvironmentJob::wanted_seed(const Seed* seed) const {
  const bool is_package = plan_ && plan_->has_pip;
  return seed != nullptr && !is_package && !has_pip_as_asked(seed) ? seed : nullptr;
}

void EnvironmentJob::report_plan(const venv::Interpreter& interpreter, const Seed* seed) {
  const bool replaced = occupied_ == Existing::kAnything;
  report_.outcome = existing_  ? Outcome::kChanged
                    : replaced ? Outcome::kReplaced
                               : Outcome::kCreated;
  if (is_as_asked(seed)) report_.outcome = Outcome::kUnchanged;
  const auto report_removed = [this](const std::vector<Distribution>& distributions) {
    for (const Distribution& one : distributions) report_.removed.push_back(report_of(one));
  };
  if (wanted_seed(seed) != nullptr) {
    report_.installed.push_back(report_of(*seed));
    if (!for_other_minor_) report_removed(pips_);
    std::erase_if(report_.kept, [](const PackageReport& kept) { return kept.name == "pip"; });
  }
  for (const std::string& library : existing_ ? existing_->libraries : std::vector<std::string>()) {
    if (!for_other_minor_ || library == interpreter.library_name) continue;
    report_removed(install::find_distributions(existing_->site_packages(library)));
  }
  if (!plan_) return;
  std::ranges::move(plan_->to_be_installed(), std::back_inserter(report_.installed));
  std::ranges::move(plan_->removed(), std::back_inserter(report_.removed));
}

void EnvironmentJob::add_needed_space(const Seed* seed, install::NeededSpace& needed) const {
  const Seed* const wanted = wanted_seed(seed);
  if (wanted != nullptr) needed.add(location_, wanted->source());
}

/// A run that creates the target locks the staging directory beside it; a run that changes it, the
/// one inside. A run that replaces an environment takes both locks.
void EnvironmentJob::lock() {
  const install::TargetBounds bounds{{final_path_}};
  const base::Path beside = install::staging_path_for(location_);
  const base::Path inside = install::staging_path_inside(location_);
  const bool changes = !request_.clear && may_be_environment(location_);
  inside_.reset();
  is_beside_ = beside != inside && !changes;
  transaction_ = std::make_unique<install::Transaction>(bounds, is_beside_ ? beside : inside,
                                                        request_.lock_timeout);
  if (!is_beside_ || !may_be_environment(location_)) return;
  inside_ = std::make_unique<install::Transaction>(bounds, inside, request_.lock_timeout);
  transaction_->begin_with(*inside_);
}

void EnvironmentJob::stage(const venv::Interpreter& interpreter, const Seed* seed,
                           PackageSession* packages, base::Progress& progress) {
  const base::Step step(progress, "stage `" + final_path_.text() + "`");
  if (packages != nullptr) plan(*packages, interpreter, seed);
  const Content content{wanted_seed(seed), packages};
  if (!existing_) {
    stage_whole(interpreter, content, progress);
  } else if (!is_as_asked(seed)) {
    stage_changes(interpreter, content, progress);
  }
}

/// A new environment, which is moved into place by one rename. Where the target cannot be renamed,
/// it is filled piece by piece.
void EnvironmentJob::stage_whole(const venv::Interpreter& interpreter, const Content& content,
                                 base::Progress& progress) {
  const base::Directory folder = transaction_->staged().create_directory("environment");
  venv::lay_out_environment(folder, parts_);
  if (content.seed != nullptr) stage_pip(folder, interpreter, *content.seed, progress);
  if (content.packages != nullptr) stage_packages(folder, interpreter, *content.packages);
  stamp(folder);
  const bool replaced = occupied_ == Existing::kAnything;
  report_.outcome = replaced ? Outcome::kReplaced : Outcome::kCreated;
  if (is_beside_) {
    transaction_->place(folder.path(), location_, occupied_);
    return;
  }
  if (replaced) remove_content();
  install::merge_tree(*transaction_, folder.path(), location_);
}

/// Changes an existing environment in place, under a journal. It does not touch files that the
/// change does not concern, and loses none that other programs write meanwhile.
void EnvironmentJob::stage_changes(const venv::Interpreter& interpreter, const Content& content,
                                   base::Progress& progress) {
  report_.outcome = Outcome::kChanged;
  change(inside_ ? *inside_ : *transaction_, interpreter, content, progress);
}

void EnvironmentJob::change(install::Transaction& transaction, const venv::Interpreter& interpreter,
                            const Content& content, base::Progress& progress) {
  if (for_other_minor_) {
    report_.removed =
        remove_other_pythons(transaction, *existing_, interpreter, own_files(interpreter));
  }
  const base::Directory folder = transaction.staged().create_directory("environment");
  stage_parts(folder);
  if (content.seed != nullptr) {
    if (!for_other_minor_) remove_old_pip(transaction, interpreter);
    stage_pip(folder, interpreter, *content.seed, progress);
  }
  if (content.packages != nullptr) {
    remove_old_packages(transaction, interpreter);
    stage_packages(folder, interpreter, *content.packages);
  }
  if (for_other_minor_) stage_files_of_user(transaction, *existing_, interpreter, folder);
  stamp(folder);
  refuse_unowned_files(folder);
  install::merge_tree(transaction, folder.path(), existing_->path);
}

void EnvironmentJob::refuse_unowned_files(const base::Directory& folder) const {
  if (request_.force_overwrite) return;
  std::vector<Distribution> removed = pips_;
  if (plan_) std::ranges::move(plan_->changes.removed(), std::back_inserter(removed));
  install::refuse_unowned_files({{folder.path(), location_}},
                                replaceable_in(*existing_, parts_, removed));
}

void EnvironmentJob::stage_parts(const base::Directory& folder) const {
  install::WheelDestination tree;
  tree.map("/", folder);
  for (const venv::EnvironmentPart& part : parts_) {
    const base::Path name = part.name;
    venv::create_part(tree.open_directory("/" / name.parent_path()), name.filename(), part);
  }
}

void EnvironmentJob::stage_pip(const base::Directory& folder, const venv::Interpreter& interpreter,
                               const Seed& seed, base::Progress& progress) {
  install::WheelDestination destination;
  destination.map(final_path_, folder);
  install_seed(seed, layout_for(interpreter), destination, install::PipCommands::kAll, {},
               progress);
  report_.installed.push_back(report_of(seed));
  std::erase_if(report_.kept, [](const PackageReport& kept) { return kept.name == "pip"; });
}

/// Commands of an environment that can be moved have to be movable, whenever they come.
specs::Layout EnvironmentJob::layout_for(const venv::Interpreter& interpreter) const {
  return venv::environment_layout(final_path_, interpreter,
                                  options_for(request_, existing_).relocatable);
}

void EnvironmentJob::stage_packages(const base::Directory& folder,
                                    const venv::Interpreter& interpreter,
                                    PackageSession& packages) {
  install::WheelDestination destination;
  destination.map(final_path_, folder);
  std::vector<PackageReport> installed = packages.install(
      *plan_, layout_for(interpreter), destination,
      environment_paths(
          final_path_,
          venv::environment_parts(final_path_, interpreter, options_for(request_, existing_)),
          folder.path() / "lib" / interpreter.library_name / "site-packages"));
  std::ranges::move(installed, std::back_inserter(report_.installed));
  if (!request_.packages.compile_bytecode) return;
  // Modules that cannot be compiled are templates of some kind; they are left as they are.
  (void)install::compile_bytecode(
      {.interpreter = {interpreter.executable.text(), "-I", "-S"},
       .environment = base::environment_without({"PYTHON"}),
       .directories = {folder.path() / "lib" / interpreter.library_name / "site-packages"},
       .staged = folder.path(),
       .final_path = final_path_});
}

void EnvironmentJob::remove_old_packages(install::Transaction& transaction,
                                         const venv::Interpreter& interpreter) {
  const std::vector<Distribution> removed = plan_->changes.removed();
  for (const Distribution& distribution : removed) {
    report_.removed.push_back(report_of(distribution));
  }
  install::remove_distributions(transaction, removed, plan_->changes.kept(), {existing_->path},
                                own_files(interpreter));
}

void EnvironmentJob::remove_content() {
  for (const std::string& name : base::list_directory(location_)) {
    const base::Path path = location_ / name;
    if (path != install::staging_path_inside(location_)) transaction_->remove(path);
  }
}

void EnvironmentJob::remove_old_pip(install::Transaction& transaction,
                                    const venv::Interpreter& interpreter) {
  for (const Distribution& pip : find_pips(*existing_, interpreter)) {
    remove_pip(transaction, pip, {existing_->path / "bin"});
    report_.removed.push_back(report_of(pip));
  }
}

/// The files of the environment itself. No package owns them, whatever its RECORD lists.
std::vector<base::Path> EnvironmentJob::own_files(const venv::Interpreter& interpreter) const {
  std::vector<base::Path> files;
  for (const venv::EnvironmentPart& part :
       venv::environment_parts(final_path_, interpreter, options_for(request_, existing_))) {
    if (part.kind != venv::EnvironmentPart::Kind::kFolder) files.push_back(location_ / part.name);
  }
  return files;
}

void EnvironmentJob::apply() {
  if (inside_) inside_->apply();
  transaction_->apply();
}

void EnvironmentJob::commit() {
  if (inside_) inside_->commit();
  transaction_->commit();
}

}  // namespace ensure::bootstrap
