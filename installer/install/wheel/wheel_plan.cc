#include "installer/install/wheel/wheel_plan.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/specs/metadata/wheel_metadata.h"

namespace ensure::install {

namespace {

constexpr std::string_view kDistInfo = ".dist-info";

base::Error refusal(const std::string& message) {
  return base::Error(base::ExitCode::kVerification, message)
      .with_hint(
          "the wheel is broken or hostile; get it again, or report it "
          "to its author");
}

/// The keys that name the folders below `NAME-VERSION.data` (PEP 427), in the
/// order of `SchemeKey`.
constexpr std::array<std::string_view, kSchemeKeys> kKeyNames = {"purelib", "platlib", "scripts",
                                                                 "data", "headers"};

/// Whether a relative path stays where it is put: no empty, "." or ".."
/// components.
bool stays_inside(std::string_view path) {
  if (path.find('\\') != std::string_view::npos) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    if (name.empty() || name == "." || name == "..") return false;
    begin = end + 1;
  }
  return true;
}

/// Files that describe the installation and not the wheel (PEP 376, PEP 610),
/// and signatures of RECORD, which are void once it holds the installed paths.
constexpr std::array<std::string_view, 6> kInstallerFiles = {
    "INSTALLER", "RECORD", "RECORD.jws", "RECORD.p7s", "REQUESTED", "direct_url.json"};

/// Those of them that the installer writes itself.
constexpr std::array<std::string_view, 4> kWrittenFiles = {"INSTALLER", "RECORD", "REQUESTED",
                                                           "direct_url.json"};

/// Whether a path lies in a folder that changes are staged in, see `staging.h`.
bool is_in_staging(std::string_view path) {
  const std::string_view first = path.substr(0, path.find('/'));
  return first == ".ensure" || first.starts_with(".ensure-");
}

/// The name of an entry point that setuptools made the script `file_name` for.
std::string_view entry_point_of(std::string_view file_name) {
  for (const std::string_view suffix : {".exe", "-script.py", "-script.pyw"}) {
    if (file_name.ends_with(suffix)) return file_name.substr(0, file_name.size() - suffix.size());
  }
  return file_name;
}

}  // namespace

const base::Path& library_folder(const wheel::WheelSource& source, const specs::Layout& layout) {
  const std::optional<std::string> text = source.dist_info_file("WHEEL");
  if (!text) throw refusal("`" + source.dist_info() + "` has no file `WHEEL`");
  const specs::WheelMetadata metadata = specs::WheelMetadata::parse(*text);
  return metadata.root_is_purelib ? layout.scheme.purelib : layout.scheme.platlib;
}

WheelPlan::WheelPlan(const wheel::WheelSource& source, const specs::Layout& layout,
                     const InstallOptions& options)
    : dist_info_(source.dist_info()),
      data_prefix_(dist_info_.substr(0, dist_info_.size() - kDistInfo.size()) + ".data/"),
      library_(&library_folder(source, layout) == &layout.scheme.purelib ? SchemeKey::kPurelib
                                                                         : SchemeKey::kPlatlib),
      folders_{layout.scheme.purelib, layout.scheme.platlib, layout.scheme.scripts,
               layout.scheme.data, layout.scheme.headers / source.name().as_written()} {
  for (base::Path& path : folders_) path = path.lexically_normal();
  for (std::size_t i = 0; i < kSchemeKeys; ++i) {
    const std::string relative = folders_[i].lexically_relative(folder(library_)).text();
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
}

void WheelPlan::read_record(const wheel::WheelSource& source) {
  const std::optional<std::string> text = source.dist_info_file("RECORD");
  if (!text) throw refusal("`" + dist_info_ + "` has no file `RECORD`");
  specs::each_record_row(*text, [this](specs::RecordEntry row) {
    if (!row.path.ends_with('/')) add_file(std::move(row));
  });
  by_wheel_path_.reserve(files_.size());
  for (std::size_t place = 0; place < files_.size(); ++place) {
    const std::string_view path = files_[place].expected.path;
    if (by_wheel_path_.emplace(path, place).second) continue;
    throw refusal("RECORD lists `" + std::string(path) + "` twice");
  }
}

void WheelPlan::add_file(specs::RecordEntry row) {
  if (!stays_inside(row.path)) {
    throw refusal("RECORD lists `" + row.path + "`, which does not stay inside the target");
  }
  const bool left_out = is_left_out(row.path);
  if (!left_out && !base::record_digest_algorithm(row.algorithm)) {
    throw refusal("RECORD lists `" + row.path + "` without a digest that proves anything");
  }
  InstalledPath installed = installed_path(row.path);
  files_.push_back({std::move(installed), std::move(row), left_out});
}

const WheelPlan::File* WheelPlan::find(std::string_view wheel_path) const {
  const auto found = by_wheel_path_.find(wheel_path);
  return found == by_wheel_path_.end() ? nullptr : &files_[found->second];
}

InstalledPath WheelPlan::installed_path(std::string_view wheel_path) const {
  if (!wheel_path.starts_with(data_prefix_)) return {library_, std::string(wheel_path)};
  const std::string_view below = wheel_path.substr(data_prefix_.size());
  const std::size_t slash = below.find('/');
  const auto* const key = std::find(kKeyNames.begin(), kKeyNames.end(), below.substr(0, slash));
  if (slash == std::string_view::npos || key == kKeyNames.end()) {
    throw refusal("`" + std::string(wheel_path) + "` belongs to no folder of an install scheme");
  }
  return {static_cast<SchemeKey>(key - kKeyNames.begin()), std::string(below.substr(slash + 1))};
}

bool WheelPlan::is_left_out(std::string_view wheel_path) const {
  if (wheel_path.starts_with(dist_info_) && wheel_path.substr(dist_info_.size()).starts_with('/')) {
    const std::string_view name = wheel_path.substr(dist_info_.size() + 1);
    return std::find(kInstallerFiles.begin(), kInstallerFiles.end(), name) != kInstallerFiles.end();
  }
  if (!wheel_path.starts_with(data_prefix_)) return false;
  const InstalledPath path = installed_path(wheel_path);
  return path.key == SchemeKey::kScripts &&
         entry_point_names_.contains(std::string(entry_point_of(path.relative)));
}

const base::Path& WheelPlan::folder(SchemeKey key) const {
  return folders_[static_cast<std::size_t>(key)];
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
  const std::string library = folder(library_).text() + "/";
  const auto add = [&](const InstalledPath& path) {
    const std::string whole = folder(path.key).text() + "/" + path.relative;
    in_library |= whole.starts_with(library);
    if (!seen.insert(whole).second) {
      throw refusal("two files of `" + dist_info_ + "` are for the one path `" + whole + "`");
    }
  };
  for (const Script& script : scripts_) add({SchemeKey::kScripts, script.name});
  const auto is_data = [&](const File& file) {
    return file.expected.path.starts_with(data_prefix_);
  };
  for (const File& file : files_) {
    if (!file.left_out && is_data(file)) add(file.installed);
  }
  for (const std::string_view name : kWrittenFiles) add(metadata_path(name));
  // The names in a wheel are unique, so those outside of its data folder collide with others alone.
  if (!in_library) return;
  for (const File& file : files_) {
    if (!file.left_out && !is_data(file)) add(file.installed);
  }
}

void WheelPlan::refuse_reserved_paths(const specs::Layout& layout) const {
  const base::Path& scripts = folder(SchemeKey::kScripts);
  const base::Path& data = folder(SchemeKey::kData);
  // Of the other folders, few lie inside that of the data, and none holds an interpreter.
  const std::string in_data = scripts.lexically_relative(data).text() + "/";
  for (const File& file : files_) {
    const auto& [key, path] = file.installed;
    if (is_in_staging(path))
      throw refusal("`" + file.expected.path + "` is where changes are staged");
    if (key != SchemeKey::kData && key != SchemeKey::kScripts) continue;
    std::string_view name = path;
    const bool is_script = key == SchemeKey::kScripts || name.starts_with(in_data);
    if (is_script && key == SchemeKey::kData) name.remove_prefix(in_data.size());
    // As a folder it would be in the way just as well.
    name = name.substr(0, name.find('/'));
    if (name == "pyvenv.cfg" || (is_script && specs::is_interpreter_name(name, layout.windows))) {
      throw refusal("`" + file.expected.path + "` would replace the interpreter or change it");
    }
  }
}

}  // namespace ensure::install
