#include "installer/install/wheel/wheel_plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/layout.h"
#include "wheel/standard_modules.txt.h"

namespace ensure::install {

namespace {

constexpr std::string_view kDistInfo = ".dist-info";

base::Error refused(const std::string& message) {
  return base::Error(base::ExitCode::kVerification, message)
      .with_hint("the wheel is broken or hostile; get it again, or report it to its author");
}

/// The directories below `NAME-VERSION.data` (PEP 427), in the order of `SchemeKey`.
constexpr std::array<std::string_view, kSchemeKeys> kKeyNames = {"purelib", "platlib", "scripts",
                                                                 "data", "headers"};

/// Files that describe the installation and not the wheel (PEP 376, PEP 610), and signatures of
/// RECORD, which are void once it lists the installed paths.
constexpr std::array<std::string_view, 7> kInstallerFiles = {
    "INSTALLER",           "RECORD",     "REQUESTED", "direct_url.json",
    "provenance_url.json", "RECORD.jws", "RECORD.p7s"};

/// How many of them the installer writes itself.
constexpr std::size_t kWrittenFiles = 5;

/// Whether a path lies in a directory that changes are staged in, see `staging.h`.
bool is_in_staging(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return first == ".ensure" || first.starts_with(".ensure-");
}

/// The name of the entry point that setuptools created the script `file_name` for.
std::string_view entry_point_of(std::string_view file_name) {
  for (const std::string_view suffix : {".exe", "-script.py", "-script.pyw"}) {
    if (file_name.ends_with(suffix)) return file_name.substr(0, file_name.size() - suffix.size());
  }
  return file_name;
}

std::string required_file(const wheel::WheelSource& source, std::string_view name) {
  if (std::optional<std::string> text = source.dist_info_file(name)) return *std::move(text);
  throw refused("`" + source.dist_info() + "` has no file `" + std::string(name) + "`");
}

SchemeKey library_of(const wheel::WheelSource& source) {
  const auto metadata = specs::WheelMetadata::parse(required_file(source, "WHEEL"));
  return metadata.root_is_purelib ? SchemeKey::kPurelib : SchemeKey::kPlatlib;
}

/// Whether `name` is one of `sys.stdlib_module_names` of CPython 3.8 to 3.14, without those that
/// begin with "_".
bool is_standard_module(std::string_view name) {
  return kStandardModules.find("\n" + std::string(name) + "\n") != std::string_view::npos;
}

/// The top-level name by which a module is imported.
std::string_view module_of(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash != std::string_view::npos) return path.substr(0, slash);
  return path.substr(0, path.find('.'));
}

/// The path below the directory of pure or of platform-specific modules, wherever in the wheel the
/// file is; empty if it lands elsewhere.
std::string library_path(const WheelPlan& plan, const InstalledPath& installed) {
  constexpr std::string_view kLinked = "lib64/";  // in an environment, a link to `lib`
  const auto& [key, path] = installed;
  if (key == SchemeKey::kPurelib || key == SchemeKey::kPlatlib) return path;
  std::vector<std::string> wholes{plan.directory(key).text() + '/' + path};
  if (path.starts_with(kLinked)) {
    wholes.push_back(plan.directory(key).text() + "/lib/" + path.substr(kLinked.size()));
  }
  for (const SchemeKey library : {SchemeKey::kPurelib, SchemeKey::kPlatlib}) {
    const std::string prefix = plan.directory(library).text() + '/';
    for (const std::string& whole : wholes) {
      // Windows ignores case. Elsewhere, a path that only differs by case is reported as well.
      if (base::to_lower(whole).starts_with(base::to_lower(prefix))) {
        return whole.substr(prefix.size());
      }
    }
  }
  return {};
}

}  // namespace

WheelPlan::WheelPlan(const wheel::WheelSource& source, const specs::Layout& layout,
                     const InstallOptions& options)
    : dist_info_(source.dist_info()),
      data_prefix_(dist_info_.substr(0, dist_info_.size() - kDistInfo.size()) + ".data/"),
      library_(library_of(source)),
      directories_{layout.scheme.purelib, layout.scheme.platlib, layout.scheme.scripts,
                   layout.scheme.data, layout.scheme.headers / source.name().as_written()} {
  for (base::TargetPath& path : directories_) path = path.lexically_normal();
  for (std::size_t i = 0; i < kSchemeKeys; ++i) {
    const std::string relative = directories_[i].relative_to(directory(library_)).text();
    record_prefixes_[i] = relative == "." ? "" : relative + "/";
  }
  if (const std::optional<std::string> text = source.dist_info_file("entry_points.txt")) {
    for (const specs::EntryPoint& entry_point :
         command_entry_points(*text, layout, options.pip_commands)) {
      scripts_.push_back(make_script(entry_point, layout, options.launchers));
      entry_point_names_.insert(entry_point.name);
    }
  }
  read_record(source);
  refuse_shared_paths();
  refuse_reserved_paths(layout);
  if (layout.windows) refuse_windows_names();
}

void WheelPlan::read_record(const wheel::WheelSource& source) {
  specs::each_record_row(required_file(source, "RECORD"), [this](specs::RecordEntry row) {
    if (row.path.ends_with('/')) return;
    const bool left_out = is_left_out(row.path);
    InstalledPath installed = installed_path(row.path);
    files_.push_back({std::move(installed), std::move(row), left_out});
  });
  by_wheel_path_.reserve(files_.size());
  for (std::size_t i = 0; i < files_.size(); ++i)
    by_wheel_path_.emplace(files_[i].recorded.path, i);
}

const WheelPlan::File* WheelPlan::find(std::string_view wheel_path) const {
  const auto found = by_wheel_path_.find(wheel_path);
  return found == by_wheel_path_.end() ? nullptr : &files_[found->second];
}

InstalledPath WheelPlan::installed_path(std::string_view wheel_path) const {
  if (!wheel_path.starts_with(data_prefix_)) return {library_, std::string(wheel_path)};
  const std::string_view below = wheel_path.substr(data_prefix_.size());
  const std::size_t slash = below.find('/');
  const auto* const key = std::ranges::find(kKeyNames, below.substr(0, slash));
  if (slash == std::string_view::npos || key == kKeyNames.end()) {
    throw refused("`" + std::string(wheel_path) + "` belongs to no directory of an install scheme");
  }
  return {static_cast<SchemeKey>(key - kKeyNames.begin()), std::string(below.substr(slash + 1))};
}

/// Whether a file of the wheel is not installed, because the installer writes its own or creates it
/// for an entry point.
bool WheelPlan::is_left_out(std::string_view wheel_path) const {
  if (wheel_path.starts_with(dist_info_) && wheel_path.substr(dist_info_.size()).starts_with('/')) {
    const std::string_view name = wheel_path.substr(dist_info_.size() + 1);
    return std::ranges::find(kInstallerFiles, name) != kInstallerFiles.end();
  }
  if (!wheel_path.starts_with(data_prefix_)) return false;
  const InstalledPath path = installed_path(wheel_path);
  return path.key == SchemeKey::kScripts &&
         entry_point_names_.contains(std::string(entry_point_of(path.relative)));
}

const base::TargetPath& WheelPlan::directory(SchemeKey key) const {
  return directories_[static_cast<std::size_t>(key)];
}

std::string WheelPlan::record_path(const InstalledPath& path) const {
  return record_prefixes_[static_cast<std::size_t>(path.key)] + path.relative;
}

InstalledPath WheelPlan::metadata_path(std::string_view name) const {
  return {library_, dist_info_ + "/" + std::string(name)};
}

void WheelPlan::refuse_shared_paths() const {
  std::unordered_set<std::string> seen;
  bool in_library = false;
  const std::string library = directory(library_).text() + "/";
  const auto add = [&](const InstalledPath& path) {
    const std::string whole = directory(path.key).text() + "/" + path.relative;
    in_library |= whole.starts_with(library);
    if (!seen.insert(whole).second) {
      throw refused("two files of `" + dist_info_ + "` have the path `" + whole + "`");
    }
  };
  for (const Script& script : scripts_) add({SchemeKey::kScripts, script.name});
  const auto is_data = [&](const File& file) {
    return file.recorded.path.starts_with(data_prefix_);
  };
  for (const File& file : files_) {
    if (!file.left_out && is_data(file)) add(file.installed);
  }
  for (std::size_t i = 0; i < kWrittenFiles; ++i) add(metadata_path(kInstallerFiles[i]));
  // The names in a wheel are unique, so its other files can only collide with those above.
  if (!in_library) return;
  for (const File& file : files_) {
    if (!file.left_out && !is_data(file)) add(file.installed);
  }
}

void WheelPlan::refuse_reserved_paths(const specs::Layout& layout) const {
  const base::TargetPath& scripts = directory(SchemeKey::kScripts);
  const base::TargetPath& data = directory(SchemeKey::kData);
  // Of the other directories, few lie inside that of the data, and none holds an interpreter.
  const std::string in_data = scripts.relative_to(data).text() + "/";
  for (const File& file : files_) {
    const auto& [key, path] = file.installed;
    if (is_in_staging(path)) {
      throw refused("`" + file.recorded.path + "` is in the directory where changes are staged");
    }
    if (key != SchemeKey::kData && key != SchemeKey::kScripts) continue;
    std::string_view name = path;
    const bool is_script = key == SchemeKey::kScripts || name.starts_with(in_data);
    if (is_script && key == SchemeKey::kData) name.remove_prefix(in_data.size());
    // A directory of that name would be in the way, too.
    name = name.substr(0, name.find('/'));
    if (name == "pyvenv.cfg" || (is_script && specs::is_interpreter_name(name, layout.windows))) {
      throw refused("`" + file.recorded.path + "` would replace or reconfigure the interpreter");
    }
  }
}

void WheelPlan::refuse_windows_names() const {
  std::vector<InstalledPath> installed;
  installed.reserve(scripts_.size() + kWrittenFiles + files_.size());
  for (const Script& script : scripts_) installed.push_back({SchemeKey::kScripts, script.name});
  for (std::size_t i = 0; i < kWrittenFiles; ++i) {
    installed.push_back(metadata_path(kInstallerFiles[i]));
  }
  for (const File& file : files_) {
    if (!file.left_out) installed.push_back(file.installed);
  }
  std::vector<std::string> paths;
  for (const InstalledPath& path : installed) {
    const std::string_view problem = specs::windows_path_problem(path.relative);
    if (!problem.empty()) {
      throw refused("`" + path.relative + "` " + std::string(problem) + " on Windows");
    }
    paths.push_back(record_path(path));
  }
  if (const auto same = specs::windows_collision(paths)) {
    throw refused("`" + same->first + "` and `" + same->second + "` are one path on Windows");
  }
}

StartupHooks find_startup_hooks(const WheelPlan& plan) {
  StartupHooks hooks;
  std::set<std::string> modules;
  for (const WheelPlan::File& file : plan.files()) {
    if (file.left_out) continue;
    const std::string path = library_path(plan, file.installed);
    const bool is_top = path.find('/') == std::string::npos;
    if (is_top && (path.ends_with(".pth") || path.ends_with(".start"))) {
      hooks.pth_files.push_back(path);
    }
    if (path.ends_with(".py") || path.ends_with(".so") || path.ends_with(".pyd") ||
        (path.ends_with(".pyc") && path.find("__pycache__/") == std::string::npos)) {
      modules.emplace(module_of(path));
    }
  }
  for (const std::string& module : modules) {
    if (module == "sitecustomize" || module == "usercustomize") {
      hooks.startup_modules.push_back(module);
    } else if (is_standard_module(module)) {
      hooks.shadowed_modules.push_back(module);
    }
  }
  std::ranges::sort(hooks.pth_files);
  return hooks;
}

}  // namespace ensure::install
