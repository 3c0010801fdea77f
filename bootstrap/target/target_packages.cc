#include "bootstrap/target/target_packages.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/parallel.h"
#include "installer/base/subprocess.h"
#include "installer/install/wheel/installation.h"

namespace ensure::bootstrap {

namespace {

using install::Distribution;
using install::ReplaceableFiles;

/// The programs that start commands on Windows. pip contains them for its own use.
struct WindowsLaunchers {
  std::string console;
  std::string gui;
};

WindowsLaunchers windows_launchers(const wheel::WheelSource& pip, std::string_view machine) {
  std::string_view suffix = "64.exe";
  if (machine == "i686" || machine == "x86") suffix = "32.exe";
  if (machine == "aarch64" || machine == "arm64") suffix = "64-arm.exe";
  const std::string console = "pip/_vendor/distlib/t" + std::string(suffix);
  const std::string gui = "pip/_vendor/distlib/w" + std::string(suffix);
  WindowsLaunchers found;
  for (std::size_t part = 0; part < pip.part_count(); ++part) {
    pip.read_part(part, [&](const wheel::WheelFile& file) {
      if (file.path == console) found.console = file.content;
      if (file.path == gui) found.gui = file.content;
    });
  }
  if (!found.console.empty() && !found.gui.empty()) return found;
  throw base::Error(base::ExitCode::kInterpreter,
                    "this pip contains no launcher for commands on Windows")
      .with_hint("name a directory with another pip wheel by `--wheel-dir`");
}

/// Writes the files of the seed. Only Windows needs `launchers`.
void install_seed(const Seed& seed, const specs::Layout& layout,
                  const install::WheelDestination& destination, install::PipCommands commands,
                  const install::Launchers& launchers, base::Progress& progress) {
  const base::Step step(progress, "unpack pip " + seed.source->version().to_string());
  install::InstallOptions options;
  options.launchers = launchers;
  options.requested = true;
  options.pip_commands = commands;
  // With one thread the files are always created in the same order, so archives of them are equal.
  options.threads = source_date_epoch() ? 1 : base::useful_writers();
  install::install_wheel(*seed.source, layout, destination, options);
}

/// Removes an installed pip, even a damaged one. Its files lie in its own directory or in those of
/// `allowed`.
void remove_pip(install::Transaction& transaction, const install::Distribution& pip,
                const std::vector<base::Path>& allowed) {
  if (base::file_status(pip.dist_info / "RECORD")) {
    install::remove_distributions(transaction, {pip}, {}, allowed);
    return;
  }
  // Without RECORD only the directory of the package is known to belong to it.
  transaction.remove(pip.dist_info);
  if (base::link_status(pip.site_packages / "pip")) transaction.remove(pip.site_packages / "pip");
}

PackageReport report_of(const Seed& seed) {
  return {seed.source->name().normalized(), seed.source->version().to_string(), seed.origin,
          seed.sha256};
}

void compile(const PackageStage& stage, const venv::Interpreter& interpreter) {
  if (!interpreter.runs_here) {
    throw base::Error(base::ExitCode::kInterpreter,
                      "`--compile-bytecode` needs an interpreter that runs here")
        .with_hint("leave it out: the target's Python compiles modules when it imports them");
  }
  // Modules that cannot be compiled, such as templates, are left as they are.
  (void)install::compile_bytecode({.interpreter = {interpreter.executable.text(), "-I", "-S"},
                                   .environment = base::environment_without({"PYTHON"}),
                                   .directories = {stage.library},
                                   .staged = stage.staged,
                                   .final_path = stage.final_path});
}

/// Whether the commands that pip's RECORD lists have kept their right to be executed.
bool has_executable_commands(const Distribution& pip) {
  const std::vector<specs::RecordEntry> rows = install::recorded_rows(pip);
  return std::ranges::all_of(rows, [&pip](const specs::RecordEntry& row) {
    if (!row.path.starts_with("../")) return true;
    const base::Path path = (pip.site_packages / row.path).lexically_normal();
    if (path.parent_path().filename() != "bin") return true;
    const std::optional<base::FileStatus> status = base::file_status(path);
    return !status || status->is_executable_file();
  });
}

/// Whether `name` is a command of pip: "pip", "pip3", "pip3.12".
bool is_pip_command(const std::string& name) {
  return name.starts_with("pip") && name.find_first_not_of("0123456789.", 3) == std::string::npos;
}

/// A pip without a RECORD, whose installation was cut short, is replaced as a whole.
void add_broken_pip(ReplaceableFiles& replaceable, const Distribution& distribution,
                    const base::Path& scripts) {
  if (distribution.name.normalized() != "pip") return;
  if (base::file_status(distribution.dist_info / "RECORD")) return;
  replaceable.paths.push_back(distribution.dist_info);
  replaceable.paths.push_back(distribution.site_packages / "pip");
  if (!base::file_status(scripts)) return;
  for (const std::string& name : base::list_directory(scripts)) {
    if (is_pip_command(name)) replaceable.paths.push_back(scripts / name);
  }
}

/// Whether `name` is the directory of one version: "python3.12", "pypy3.10".
bool is_of_version(const std::string& name) {
  return name.starts_with("python3") || name.starts_with("pypy3");
}

/// The libraries of other Pythons beside `library`, such as `lib/python3.11/site-packages` beside
/// that of 3.12. Pythons with one prefix share the directory of commands. A library that a link
/// leads to is left out: with `--root` it may be outside.
std::vector<base::Path> neighbours_of(const base::Path& library) {
  const base::Path versioned = library.parent_path();
  const base::Path all = versioned.parent_path();
  const std::optional<base::Path> real = base::real_path(all);
  if (!is_of_version(versioned.filename()) || !real) return {};
  std::vector<base::Path> found;
  for (const std::string& name : base::list_directory(all)) {
    if (!is_of_version(name) || name == versioned.filename()) continue;
    const base::Path neighbour = base::Path(name) / library.filename();
    if (base::real_path(all / neighbour) == *real / neighbour) found.push_back(all / neighbour);
  }
  return found;
}

}  // namespace

void add_reports(std::vector<PackageReport>& reports,
                 const std::vector<Distribution>& distributions) {
  for (const Distribution& one : distributions) {
    reports.push_back({one.name.normalized(), one.version.to_string(), "", ""});
  }
}

void TargetPackages::examine_pip(const base::Path& library, bool commands_exist,
                                 const Request& request, const Seed* seed) {
  pips_ = install::find_distributions(library, specs::PackageName::parse("pip"));
  is_sound_ = pips_.size() == 1 && install::is_complete(pips_.front());
  const bool is_old = request.upgrade && seed != nullptr && is_sound_ &&
                      pips_.front().version < seed->source->version();
  const bool is_anew = request.packages.reinstall && !request.wants_packages();
  // As with ensurepip, another version that works stays, even if it has other commands.
  const bool is_other =
      is_sound_ && seed != nullptr && pips_.front().version != seed->source->version();
  const bool is_usable =
      is_sound_ && (is_other || commands_exist) && has_executable_commands(pips_.front());
  has_pip_ = request.without_pip || (is_usable && !is_old && !is_anew);
  seed_ = seed;
}

void TargetPackages::stay_without_pip() { has_pip_ |= pips_.empty(); }

void TargetPackages::plan(InstalledPackages installed, PackageSession& session) {
  if (is_sound_ && has_pip_) {
    installed.pip = pips_.front().version;
  } else if (!has_pip_ && seed_ != nullptr) {
    installed.pip = seed_->source->version();
  }
  plan_ = session.plan(installed);
}

void TargetPackages::stage(const PackageStage& stage, const TargetContent& content,
                           const Request& request) {
  WindowsLaunchers windows;
  if (stage.layout.windows && seed_ != nullptr) {
    windows = windows_launchers(*seed_->source, content.interpreter.machine);
  }
  const install::Launchers launchers{windows.console, windows.gui};
  if (needs_pip() && seed_ != nullptr) {
    for (const Distribution& pip : pips_) {
      remove_pip(*stage.transaction, pip, stage.pip_directories);
    }
    install_seed(*seed_, stage.layout, stage.destination, stage.pip_commands, launchers,
                 content.progress);
  }
  if (!plan_) return;
  if (stage.transaction != nullptr) {
    install::remove_distributions(*stage.transaction, plan_->changes.removed(),
                                  plan_->changes.kept(), stage.directories, stage.own_files);
  }
  install::TargetPaths reserved = stage.reserved;
  reserved.staged = install::find_distributions(stage.library);
  staged_ =
      content.packages().install(*plan_, stage.layout, stage.destination, reserved, launchers);
  if (request.packages.compile_bytecode) compile(stage, content.interpreter);
}

bool TargetPackages::replaces(const Distribution& distribution) const {
  const auto is_it = [&distribution](const Distribution& other) {
    return other.dist_info == distribution.dist_info;
  };
  return (needs_pip() && std::ranges::any_of(pips_, is_it)) ||
         (plan_ && std::ranges::any_of(plan_->changes.removed(), is_it));
}

void TargetPackages::forget_damaged_pip() {
  if (!has_pip_) pips_.clear();
}

void TargetPackages::refuse_unowned_files(const std::vector<install::StagedTree>& trees,
                                          const std::vector<base::Path>& libraries,
                                          const base::Path& scripts,
                                          std::vector<base::Path> own_files) const {
  ReplaceableFiles replaceable{.distributions = pips_, .paths = std::move(own_files)};
  const auto add = [&replaceable](std::vector<Distribution> found) {
    std::ranges::move(found, std::back_inserter(replaceable.distributions));
  };
  if (plan_) add(plan_->changes.removed());
  for (const base::Path& library : libraries) {
    std::vector<Distribution> found = install::find_distributions(library);
    for (const Distribution& distribution : found) {
      add_broken_pip(replaceable, distribution, scripts);
    }
    add(std::move(found));
  }
  if (!libraries.empty()) {
    for (const base::Path& neighbour : neighbours_of(libraries.front())) {
      add(install::find_distributions(neighbour));
    }
  }
  install::refuse_unowned_files(trees, replaceable);
}

void TargetPackages::add_to(TargetReport& report) const {
  if (needs_pip() && seed_ != nullptr) {
    report.installed.push_back(report_of(*seed_));
    add_reports(report.removed, pips_);
  } else if (!plan_ && is_sound_) {
    add_reports(report.kept, pips_);
  }
  if (!plan_) return;
  report.conflicts = plan_->conflicts;
  std::ranges::move(staged_ ? *staged_ : plan_->to_be_installed(),
                    std::back_inserter(report.installed));
  add_reports(report.removed, plan_->changes.removed());
  add_reports(report.kept, plan_->changes.kept());
  if (needs_pip()) {
    std::erase_if(report.kept, [](const PackageReport& kept) { return kept.name == "pip"; });
  }
}

}  // namespace ensure::bootstrap
