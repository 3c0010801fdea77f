#include "bootstrap/target/environment_target.h"

#include <algorithm>
#include <utility>

#include "bootstrap/target/other_pythons.h"
#include "bootstrap/target/seed.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/install/installed/moved_commands.h"
#include "installer/install/installed/unowned_files.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using Existing = install::Transaction::Existing;
using Kind = venv::ExistingEnvironment::Kind;
using Part = venv::EnvironmentPart;

/// The options of the request, and those of the existing environment that the request leaves open.
venv::EnvironmentOptions options_for(const Request& request,
                                     const venv::ExistingEnvironment* existing) {
  venv::EnvironmentOptions options;
  options.system_site_packages = request.system_site_packages;
  options.copies = request.copies.value_or(existing != nullptr && venv::has_copies(*existing));
  options.scm_ignore_files = request.scm_ignore_files;
  options.relocatable = request.relocatable;
  options.prompt = request.prompt;
  options.with_pip = !request.without_pip;
  options.clear = request.clear;
  options.upgrade = request.upgrade;
  options.upgrade_deps = request.upgrade_deps;
  if (existing == nullptr) return options;
  // Without `home`, the file never took effect: the tool that wrote it was killed.
  options.system_site_packages |=
      existing->configuration.value("home") && existing->configuration.system_site_packages();
  return venv::for_existing(std::move(options), *existing);
}

/// Whether the target may be an environment, or has the staging directory of a killed run inside.
bool may_be_environment(const base::Path& location) {
  return base::link_status(location / "pyvenv.cfg") ||
         base::link_status(install::staging_path_inside(location));
}

/// The directory is not an environment, so its files belong to the user.
[[noreturn]] void refuse_foreign(const venv::ExistingEnvironment& found,
                                 const base::Path& final_path) {
  throw Error(ExitCode::kFileSystem, "`" + final_path.text() + "` is not a virtual environment (" +
                                         found.why_foreign + "); nothing was touched")
      .with_hint(
          "choose another path, or move the directory away; remove it if another tool left it "
          "incomplete");
}

/// Refuses an environment for another Python, unless its Python is gone and this one has the same
/// version.
void refuse_other_python(const venv::ExistingEnvironment& environment,
                         const venv::Interpreter& interpreter, const base::Path& final_path) {
  const auto starts = [](const venv::ExistingExecutable& executable) {
    return executable.leads_to_file;
  };
  const auto is_the_same = [&](const venv::ExistingExecutable& executable) {
    if (executable.leads_to) return executable.leads_to == interpreter.real_executable;
    return !executable.is_link || base::real_path(environment.path / "bin" / executable.name) ==
                                      interpreter.real_executable;
  };
  if (venv::is_for(environment, interpreter) &&
      (std::ranges::none_of(environment.executables, starts) ||
       std::ranges::any_of(environment.executables, is_the_same))) {
    return;
  }
  throw Error(ExitCode::kFileSystem,
              "the environment `" + final_path.text() + "` is for another Python, " +
                  environment.configuration.version().value_or("of an unknown version") +
                  ", not for `" + interpreter.executable.text() + "` (" + interpreter.version_text +
                  ")")
      .with_hint(
          "add `--upgrade` to change it to that Python, with the packages that were requested")
      .with_hint("or `--clear` to replace it, without its packages");
}

/// Refuses an environment that is not relocatable and has packages.
void refuse_fixed(const venv::ExistingEnvironment& environment,
                  const venv::Interpreter& interpreter, const base::Path& final_path) {
  if (environment.relocatable || !venv::is_for(environment, interpreter)) return;
  if (install::find_distributions(environment.site_packages(interpreter.library_name)).empty()) {
    return;
  }
  throw Error(ExitCode::kFileSystem,
              "the environment `" + final_path.text() +
                  "` is not relocatable: the commands of its packages contain its path")
      .with_hint("add `--clear` to replace it");
}

/// The paths of `parts` in `environment`, except directories.
std::vector<base::Path> files_of(const std::vector<Part>& parts, const base::Path& environment) {
  std::vector<base::Path> files;
  for (const Part& part : parts) {
    if (part.kind != Part::Kind::kDirectory) files.push_back(environment / part.name);
  }
  return files;
}

void set_times(const base::Directory& staged) {
  if (const std::optional<std::int64_t> time = source_date_epoch()) {
    base::set_times(staged, *time);
  }
}

}  // namespace

EnvironmentTarget::EnvironmentTarget(const base::Path& path, const Request& request,
                                     const InstallTarget* root)
    : request_(request), place_(path, request, root) {}

const venv::ExistingEnvironment* EnvironmentTarget::existing() const {
  return request_.clear ? nullptr : previous();
}

const venv::ExistingEnvironment* EnvironmentTarget::previous() const {
  return found_.environment ? &*found_.environment : nullptr;
}

void EnvironmentTarget::examine() {
  // With the lock, the transaction has recovered what a killed run has left.
  if (!locks_.outer) {
    install::recover_leftovers(place_.bounds(), location(), request_.lock_timeout);
  }
  found_ = {};
  std::optional<venv::ExistingEnvironment> found = place_.read();
  if (!found) return;
  switch (found->kind) {
    case Kind::kNoDirectory:
      throw Error(ExitCode::kFileSystem, "`" + path().text() + "` exists and is not a directory")
          .with_hint("choose another path, or move the file away");
    case Kind::kForeign:
      refuse_foreign(*found, path());
    case Kind::kEmptyDirectory:
      found_.entry = Existing::kEmptyDirectory;
      return;
    case Kind::kEnvironment:
      found_ = {Existing::kAnything, std::move(found)};
  }
}

ChangeReport EnvironmentTarget::describe(const venv::PartDifference& difference) const {
  const Part& part = plan_.parts[difference.part];
  if (difference.missing) return {.path = part.name, .reason = "was missing"};
  if (part.role == Part::Role::kConfiguration) {
    return {.path = part.name, .reason = "was not as requested"};
  }
  if (part.role == Part::Role::kActivation && is_moved()) {
    return {.path = part.name, .reason = "named `" + existing()->made_at.text() + "`"};
  }
  return {.path = part.name, .reason = "had other content"};
}

bool EnvironmentTarget::is_moved() const {
  return existing() != nullptr && !existing()->made_at.empty() &&
         existing()->made_at != place_.text_path() && !existing()->relocatable;
}

void EnvironmentTarget::plan(const TargetContent& content) {
  const venv::Interpreter& interpreter = content.interpreter;
  const venv::ExistingEnvironment* const existing = this->existing();
  plan_ = {};
  plan_.options = options_for(request_, existing);
  place_.check(plan_.options, interpreter);
  plan_.parts = venv::environment_parts(place_.text_path(), interpreter, plan_.options);
  place_.adapt(plan_.parts);
  if (existing == nullptr) {
    if (previous() != nullptr) plan_.removed = packages_except(*previous(), "");
    plan_.packages.examine_pip({}, true, request_, content.seed);
  } else {
    if (!request_.upgrade) refuse_other_python(*existing, interpreter, path());
    plan_.changes_python = !venv::is_for(*existing, interpreter);
    for (const venv::PartDifference& difference :
         venv::differences(*existing, plan_.parts, interpreter)) {
      plan_.changed.push_back(plan_.parts[difference.part]);
      plan_.changes.push_back(describe(difference));
    }
    if (is_moved()) {
      plan_.changes.push_back(
          {.path = "bin", .reason = "commands named `" + existing->made_at.text() + "`"});
    }
    if (request_.relocatable) refuse_fixed(*existing, interpreter, path());
    plan_.packages.examine_pip(existing->site_packages(interpreter.library_name), true, request_,
                               content.seed);
    // An environment that was made without pip stays so while packages are installed into it.
    const bool only_packages =
        request_.wants_packages() && !request_.upgrade_deps && !request_.upgrade;
    if (only_packages) plan_.packages.stay_without_pip();
    if (plan_.changes_python) {
      plan_.removed = packages_except(*existing, interpreter.library_name);
      plan_.packages.forget_damaged_pip();
    }
  }
  InstalledPackages installed = installed_packages(content);
  if (request_.wants_packages() || !installed.carried.empty()) {
    plan_.packages.plan(std::move(installed), content.packages());
  }
}

/// The packages that count when versions are chosen.
InstalledPackages EnvironmentTarget::installed_packages(const TargetContent& content) const {
  InstalledPackages installed;
  // `--sync` removes all packages that the request does not need, so none comes along.
  const bool may_carry = !request_.packages.sync || request_.packages.empty();
  if (plan_.changes_python && may_carry) {
    installed.carried = packages_to_carry(*existing(), content.interpreter);
    installed.carried.environment = path().text();
    installed.carried.python = content.interpreter.version_text;
  }
  if (!request_.wants_packages() && installed.carried.empty()) return installed;
  if (existing() != nullptr && !plan_.changes_python) {
    const base::Path library = existing()->site_packages(content.interpreter.library_name);
    installed.own = install::find_installed(library, library);
  }
  if (plan_.options.system_site_packages) {
    installed.system_site_packages = find_system_site_packages(
        content.interpreter, [this](const base::Path& one) { return place_.on_this_machine(one); });
  }
  return installed;
}

bool EnvironmentTarget::is_as_requested() const {
  return existing() != nullptr && !plan_.changes_python && plan_.changed.empty() &&
         plan_.packages.are_as_requested();
}

/// A run that creates the target locks the staging directory beside it; a run that changes it, the
/// one inside. A run that replaces an environment takes both locks.
void EnvironmentTarget::lock() {
  const install::TargetBounds& bounds = place_.bounds();
  const base::Path beside = install::staging_path_for(location());
  const base::Path inside = install::staging_path_inside(location());
  const bool changes = !request_.clear && may_be_environment(location());
  locks_ = {};
  locks_.can_rename = beside != inside && !changes;
  locks_.outer = std::make_unique<install::Transaction>(bounds, locks_.can_rename ? beside : inside,
                                                        request_.lock_timeout);
  if (!locks_.can_rename || !may_be_environment(location())) return;
  locks_.inner = std::make_unique<install::Transaction>(bounds, inside, request_.lock_timeout);
  locks_.outer->begin_with(*locks_.inner);
}

void EnvironmentTarget::stage(const TargetContent& content) {
  if (existing() == nullptr) {
    stage_new(content);
  } else {
    stage_changes(locks_.inner ? *locks_.inner : *locks_.outer, content);
  }
}

/// A new environment, which is moved into place by one rename. A target that cannot be renamed is
/// filled entry by entry.
void EnvironmentTarget::stage_new(const TargetContent& content) {
  install::Transaction& transaction = *locks_.outer;
  const base::Directory staged = transaction.staged().create_directory("environment");
  venv::lay_out_environment(staged, plan_.parts);
  stage_packages(nullptr, staged, content);
  set_times(staged);
  if (locks_.can_rename) return transaction.place(staged.path(), location(), found_.entry);
  if (previous() != nullptr) {
    for (const std::string& name : base::list_directory(location())) {
      const base::Path path = location() / name;
      if (path != install::staging_path_inside(location())) transaction.remove(path);
    }
  }
  install::merge_tree(transaction, staged.path(), location());
}

/// Changes an existing environment in place, under a journal. It does not touch files that the
/// change does not concern, and keeps those that other programs write meanwhile.
void EnvironmentTarget::stage_changes(install::Transaction& transaction,
                                      const TargetContent& content) {
  if (plan_.changes_python) {
    remove_other_pythons(transaction, *existing(), content.interpreter,
                         files_of(plan_.parts, location()));
  }
  const base::Directory staged = transaction.staged().create_directory("environment");
  install::WheelDestination tree;
  tree.map("/", staged);
  for (const Part& part : plan_.changed) {
    const base::Path name = part.name;
    venv::create_part(tree.open_directory(base::TargetPath("/") / name.parent_path()),
                      name.filename().text(), part);
  }
  stage_packages(&transaction, staged, content);
  if (is_moved()) stage_moved(content.interpreter, tree);
  if (plan_.changes_python) {
    stage_files_of_user(transaction, *existing(), content.interpreter, staged);
  }
  set_times(staged);
  if (!request_.force_overwrite) {
    std::vector<base::Path> libraries;
    for (const std::string& library : existing()->libraries) {
      libraries.push_back(existing()->site_packages(library));
    }
    plan_.packages.refuse_unowned_files({{staged.path(), location()}}, libraries,
                                        existing()->path / "bin",
                                        files_of(plan_.changed, existing()->path));
  }
  install::merge_tree(transaction, staged.path(), existing()->path);
}

/// Stages the commands of the packages that stay with the new path of the environment.
void EnvironmentTarget::stage_moved(const venv::Interpreter& interpreter,
                                    const install::WheelDestination& tree) {
  if (plan_.changes_python) return;
  install::Move move{.environment = existing()->path,
                     .from = existing()->made_at,
                     .to = place_.text_path(),
                     .layout = venv::environment_layout(place_.text_path(), interpreter, false),
                     .interpreters = {}};
  for (const venv::ExistingExecutable& executable : existing()->executables) {
    move.interpreters.push_back(executable.name);
  }
  std::vector<install::Distribution> staying =
      install::find_distributions(existing()->site_packages(interpreter.library_name));
  std::erase_if(staying,
                [this](const install::Distribution& one) { return plan_.packages.replaces(one); });
  install::stage_moved_commands(staying, move, tree);
}

void EnvironmentTarget::stage_packages(install::Transaction* transaction,
                                       const base::Directory& staged,
                                       const TargetContent& content) {
  install::WheelDestination destination;
  destination.map(base::TargetPath(place_.text_path()), staged);
  const specs::Layout layout =
      venv::environment_layout(place_.text_path(), content.interpreter, plan_.options.relocatable);
  install::TargetPaths reserved{.owner = "the environment", .files = {}, .links = {}, .staged = {}};
  for (const Part& part : plan_.parts) {
    if (part.kind == Part::Kind::kLink && part.role == Part::Role::kLibrary) {
      reserved.links.emplace_back(base::TargetPath(place_.text_path() / part.name),
                                  base::TargetPath(place_.text_path() / part.content));
    } else if (part.kind != Part::Kind::kDirectory) {
      reserved.files.emplace_back(place_.text_path() / part.name);
    }
  }
  PackageStage stage{
      .transaction = transaction,
      .layout = layout,
      .destination = destination,
      .reserved = std::move(reserved),
      .pip_directories = {},
      .directories = {},
      .own_files = {},
      .library = staged.path() / "lib" / content.interpreter.library_name / "site-packages",
      .staged = staged.path(),
      .final_path = base::TargetPath(place_.text_path())};
  if (existing() != nullptr) {
    stage.pip_directories = {existing()->path / "bin"};
    stage.directories = {existing()->path};
    stage.own_files = files_of(plan_.parts, location());
  }
  plan_.packages.stage(stage, content, request_);
}

void EnvironmentTarget::apply() {
  if (locks_.inner) locks_.inner->apply();
  locks_.outer->apply();
}

void EnvironmentTarget::commit() {
  if (locks_.inner) locks_.inner->commit();
  locks_.outer->commit();
}

TargetReport EnvironmentTarget::report() const {
  TargetReport report;
  report.path = path();
  if (is_as_requested()) {
    report.outcome = TargetOutcome::kUnchanged;
  } else if (existing() != nullptr) {
    report.outcome = TargetOutcome::kChanged;
  } else {
    report.outcome = previous() != nullptr ? TargetOutcome::kReplaced : TargetOutcome::kCreated;
  }
  report.changes = plan_.changes;
  add_reports(report.removed, plan_.removed);
  plan_.packages.add_to(report);
  return report;
}

}  // namespace ensure::bootstrap
