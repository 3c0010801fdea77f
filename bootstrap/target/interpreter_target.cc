#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bootstrap/target/pipeline.h"
#include "bootstrap/target/seed.h"
#include "bootstrap/target/target_packages.h"
#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/install/installed/unowned_files.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "installer/specs/metadata/layout.h"

namespace ensure::bootstrap {

namespace {

/// The names of the commands that ensurepip makes for the same options.
std::vector<std::string> command_names(const Request& request, const specs::Layout& layout) {
  const std::string major = "pip" + std::to_string(layout.python_major);
  std::vector<std::string> names{major + "." + std::to_string(layout.python_minor)};
  if (!request.altinstall) names.push_back(major);
  if (request.default_pip) names.emplace_back("pip");
  if (layout.windows) {
    for (std::string& name : names) name += ".exe";
  }
  return names;
}

/// Adds the topmost missing directory on the way to `path`, if one is missing.
void add_missing(std::vector<base::Path>& directories, const base::Path& path) {
  base::Path missing;
  for (base::Path directory = path; directory.has_relative_path() && !base::link_status(directory);
       directory = directory.parent_path()) {
    missing = directory;
  }
  if (!missing.empty()) directories.push_back(std::move(missing));
}

/// The directories of an installation scheme, each with a staging directory whose content is merged
/// into it. Schemes may name one directory several times, such as purelib and platlib; it is staged
/// once.
class StagedScheme {
 public:
  StagedScheme(const InstallTarget& target, const specs::Scheme& scheme,
               install::Transaction& transaction) {
    for (const base::TargetPath& logical :
         {scheme.purelib, scheme.platlib, scheme.scripts, scheme.data, scheme.headers}) {
      if (std::ranges::find(parts_, logical, &Part::logical) != parts_.end()) continue;
      const base::Path here = target.on_this_machine(logical);
      const std::string name = "directory-" + std::to_string(parts_.size());
      parts_.push_back({logical, here, transaction.staged_for(here).create_directory(name)});
      destination_.map(logical, parts_.back().staged);
    }
  }

  /// Maps each directory of the scheme to its staging directory.
  [[nodiscard]] const install::WheelDestination& destination() const { return destination_; }

  [[nodiscard]] base::Path staged_path(const base::TargetPath& logical) const {
    return std::ranges::find(parts_, logical, &Part::logical)->staged.path();
  }

  [[nodiscard]] std::vector<install::StagedTree> trees() const {
    std::vector<install::StagedTree> trees;
    for (const Part& part : parts_) trees.push_back({part.staged.path(), part.on_this_machine});
    return trees;
  }

  void merge(install::Transaction& transaction) const {
    const std::optional<std::int64_t> time = source_date_epoch();
    for (const Part& part : parts_) {
      if (base::list_directory(part.staged.path()).empty()) continue;
      if (time) base::set_times(part.staged, *time);
      install::merge_tree(transaction, part.staged.path(), part.on_this_machine);
    }
  }

 private:
  struct Part {
    base::TargetPath logical;    ///< as the interpreter names it
    base::Path on_this_machine;  ///< below `--root`, if there is one
    base::Directory staged;
  };

  std::list<Part> parts_;  ///< a list, because `destination_` keeps references to its elements
  install::WheelDestination destination_;
};

/// The directories of an interpreter's installation scheme: its own, the user's, or those below
/// `--root`, `--prefix` or `--target`. They are changed in place by a journaled transaction.
class InterpreterTarget final : public Target {
 public:
  /// Both arguments must outlive the target.
  InterpreterTarget(const Request& request, const InstallTarget& target)
      : request_(request),
        target_(target),
        layout_(target.layout()),
        library_(target.on_this_machine(layout_.scheme.purelib)),
        platlib_(target.on_this_machine(layout_.scheme.platlib)),
        scripts_(target.on_this_machine(layout_.scheme.scripts)) {
    add_missing(new_directories_, library_);
    add_missing(new_directories_, scripts_);
  }

  [[nodiscard]] const base::Path& location() const override { return library_; }
  void examine() override {
    // `--prefix` and `--target` leave the interpreter's own directories alone.
    if (!request_.break_system_packages && !request_.prefix && !request_.target) {
      target_.refuse_externally_managed();
    }
    // With the lock, the transaction has recovered what a killed run has left.
    if (!transaction_) install::recover_leftovers(bounds(), library_, request_.lock_timeout);
  }

  void plan(const TargetContent& content) override {
    packages_ = {};
    packages_.examine_pip(library_, has_commands(), request_, content.seed);
    if (!request_.wants_packages()) return;
    InstalledPackages installed;
    installed.own = install::find_installed(library_, platlib_);
    packages_.plan(std::move(installed), content.packages());
  }

  [[nodiscard]] bool is_as_requested() const override { return packages_.are_as_requested(); }
  [[nodiscard]] bool needs_pip() const override { return packages_.needs_pip(); }
  [[nodiscard]] const PackagePlan* package_plan() const override {
    return packages_.package_plan();
  }
  void lock() override {
    transaction_ = std::make_unique<install::Transaction>(
        bounds(), install::staging_path_inside(library_), request_.lock_timeout);
  }

  void stage(const TargetContent& content) override {
    const StagedScheme staged(target_, layout_.scheme, *transaction_);
    const base::Path staged_library = staged.staged_path(layout_.scheme.purelib);
    packages_.stage(
        {.transaction = transaction_.get(),
         .layout = layout_,
         .destination = staged.destination(),
         .reserved = {.owner = "the interpreter", .files = {}, .links = {}, .staged = {}},
         .pip_commands = request_.altinstall    ? install::PipCommands::kAltInstall
                         : request_.default_pip ? install::PipCommands::kAll
                                                : install::PipCommands::kInstall,
         .pip_directories = {library_, scripts_},
         .directories = own_directories(),
         .own_files = {},
         .library = staged_library,
         .staged = staged_library,
         .final_path = layout_.scheme.purelib},
        content, request_);
    if (!request_.force_overwrite) {
      packages_.refuse_unowned_files(staged.trees(), {library_, platlib_}, scripts_, {});
    }
    staged.merge(*transaction_);
  }

  void apply() override { transaction_->apply(); }
  void commit() override {
    transaction_->commit();
    const std::optional<std::int64_t> time = source_date_epoch();
    if (!time || packages_.are_as_requested()) return;
    for (const base::Path& directory : new_directories_) {
      install::TargetTree& tree = transaction_->tree();
      const install::OpenEntry entry = tree.open(tree.locate(directory));
      base::set_times(entry.parent.open_directory(entry.name), *time);
    }
  }

  [[nodiscard]] TargetReport report() const override {
    TargetReport report;
    report.path = library_;
    report.outcome = is_as_requested() ? TargetOutcome::kUnchanged : TargetOutcome::kChanged;
    packages_.add_to(report);
    return report;
  }

 private:
  /// The directories that the run may change. A root, prefix or target directory is one bound. The
  /// directories of an interpreter are bounds of their own, because each of them may be a link.
  [[nodiscard]] install::TargetBounds bounds() const {
    if (request_.root) return {{*request_.root}, install::LinkScope::kInRoot};
    if (request_.target) return {{*request_.target}};
    if (request_.prefix) return {{*request_.prefix}};
    return {own_directories()};
  }

  /// The directories that the files of an installed package may lie in.
  [[nodiscard]] std::vector<base::Path> own_directories() const {
    return {library_, platlib_, scripts_, target_.on_this_machine(layout_.scheme.data),
            target_.on_this_machine(layout_.scheme.headers)};
  }

  /// An earlier run may have been asked for fewer commands.
  [[nodiscard]] bool has_commands() const {
    return std::ranges::all_of(command_names(request_, layout_), [&](const std::string& name) {
      return base::link_status(scripts_ / name).has_value();
    });
  }

  const Request& request_;
  const InstallTarget& target_;
  specs::Layout layout_;
  base::Path library_;  ///< the site-packages directory on this machine
  base::Path platlib_;
  base::Path scripts_;
  /// The topmost directories that the run will create.
  std::vector<base::Path> new_directories_;
  TargetPackages packages_;
  std::unique_ptr<install::Transaction> transaction_;
};

}  // namespace

Result install_into_interpreter(const Request& request, const InstallTarget& target,
                                const bundled::Bundle& bundle, base::Progress& progress) {
  Targets targets;
  targets.push_back(std::make_unique<InterpreterTarget>(request, target));
  targets.front()->examine();
  RunPython python{.interpreter = target.interpreter(),
                   .standard_library = target.standard_library(),
                   .root = request.root.value_or("/"),
                   .builds_beside = install::staging_path_inside(targets.front()->location())};
  if (request.python_platform) {
    python.platform = venv::TargetPlatform::parse(*request.python_platform);
  }
  Pipeline pipeline(request, bundle, std::move(python), targets, progress);
  pipeline.stage();
  return pipeline.finish();
}

}  // namespace ensure::bootstrap
