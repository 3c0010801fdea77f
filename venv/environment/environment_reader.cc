#include "venv/environment/environment_reader.h"

#include <algorithm>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/layout.h"
#include "venv/activation/activation.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

using base::FileStatus;
using base::FileType;
using Kind = EnvironmentPart::Kind;
using Maker = ExistingEnvironment::Maker;
using Role = EnvironmentPart::Role;

void note_owner(ExistingEnvironment& found, const FileStatus& status, const base::Path& path) {
  if (!found.foreign && !status.is_own()) found.foreign = path;
}

/// Opens `pyvenv.cfg` in the directory whose owner was noted, or by its path if it is a link.
base::File open_configuration(const base::Directory& top, const base::Path& path) {
  try {
    if (auto file = top.open_file(EnvironmentLayout::kConfiguration)) return *std::move(file);
  } catch (const base::FileError&) {
    return base::File::open_for_reading(path);
  }
  throw base::FileError("open", path.text(), base::FileFailure::kMissing);
}

/// The text of `pyvenv.cfg`; nullopt if it is missing.
std::optional<std::string> read_configuration(ExistingEnvironment& found,
                                              const base::Directory& top) try {
  const base::File file = open_configuration(top, found.path / EnvironmentLayout::kConfiguration);
  const FileStatus status = file.status();
  note_owner(found, status, found.path / EnvironmentLayout::kConfiguration);
  constexpr std::uint32_t kOthersWrite = 02;
  found.configuration_is_open = (status.mode & kOthersWrite) != 0;
  return file.read(base::kSmallText);
} catch (const base::FileError& error) {
  if (error.failure() == base::FileFailure::kMissing) return std::nullopt;
  throw;
}

void read_executables(ExistingEnvironment& found) {
  const base::Path bin = found.path / EnvironmentLayout::kScripts;
  if (!directory_exists(bin)) return;
  const base::Directory directory = base::Directory::open(base::real_path(bin).value_or(bin));
  note_owner(found, directory.status(), bin);
  for (const std::string& name : directory.list()) {
    if (!specs::is_interpreter_name(name, false)) continue;
    const std::optional<FileStatus> itself = directory.link_status(name);
    if (!itself || itself->type == FileType::kDirectory) continue;
    const std::optional<base::LinkStatus> link = directory.examine_link(name);
    if (link) note_owner(found, link->status, bin / name);
    const std::optional<FileStatus> status = base::file_status(bin / name);
    found.executables.push_back({name, link.has_value(), link ? link->target : base::Path(),
                                 status && status->is_executable_file()});
  }
}

std::vector<std::string> read_libraries(const base::Path& lib) {
  std::vector<std::string> result;
  if (!directory_exists(lib)) return result;
  for (const std::string& name : base::list_directory(lib)) {
    const bool versioned =
        specs::is_interpreter_name(name, false) && name.find('.') != std::string::npos;
    if (versioned && directory_exists(lib / name)) result.push_back(name);
  }
  return result;
}

/// Why a directory with a `pyvenv.cfg` is not an environment; empty if it is one. An empty file of
/// that name is not enough, because `--clear` removes everything in an environment.
std::string why_no_environment(const ExistingEnvironment& found) {
  const std::optional<std::string> home = found.configuration.value("home");
  if (!home || !base::Path(*home).is_absolute()) return "its `pyvenv.cfg` names no `home`";
  if (found.executables.empty()) return "it has no Python in `bin`";
  return {};
}

/// Virtualenv and uv write their names into pyvenv.cfg. An environment of ensure differs from one
/// of `venv` by its activation scripts.
void read_maker(ExistingEnvironment& environment) {
  const PyvenvCfg& configuration = environment.configuration;
  const std::optional<std::string> activate =
      base::read_file_if_exists(environment.path / EnvironmentLayout::script("activate"));
  environment.made_at = activated_path(activate.value_or("")).value_or("");
  if (configuration.value("virtualenv")) {
    environment.maker = Maker::kVirtualenv;
    return;
  }
  if (configuration.value("uv")) {
    environment.maker = Maker::kUv;
    environment.relocatable = configuration.value("relocatable") == "true";
    return;
  }
  for (const char* name : {"activate", "activate.fish", "activate.csh", "activate.nu"}) {
    const std::optional<std::string> script =
        base::read_file_if_exists(environment.path / EnvironmentLayout::script(name));
    if (!script) continue;
    if (is_activation_script_of_ensure(*script)) environment.maker = Maker::kEnsure;
    environment.relocatable = is_relocatable_activation_script(*script);
    return;
  }
  // The tool that made it was killed before it wrote a script: treat it as incomplete.
  environment.maker = Maker::kEnsure;
}

/// Whether both values name the directory of the same interpreter.
bool same_home(const std::string& existing, const std::string& wanted,
               const Interpreter& interpreter) {
  return existing == wanted || is_same_file(existing, wanted) ||
         is_same_file(existing, interpreter.real_executable.parent_path());
}

/// Compares the lines that matter to Python and to prompts. `executable` and `command` only record
/// how the environment was made; a relocatable environment must not have them.
bool same_configuration(const PyvenvCfg& existing, const PyvenvCfg& wanted,
                        const Interpreter& interpreter) {
  const std::optional<std::string> prompt = wanted.prompt();
  return same_home(existing.value("home").value_or(""), wanted.value("home").value_or(""),
                   interpreter) &&
         existing.system_site_packages() == wanted.system_site_packages() &&
         existing.version() == wanted.version() && (!prompt || existing.prompt() == prompt) &&
         (interpreter.minor < 11 || wanted.value("command") || !existing.value("command"));
}

/// An environment and the parts that it should have.
class Comparison {
 public:
  Comparison(const ExistingEnvironment& environment, const std::vector<EnvironmentPart>& parts,
             const Interpreter& interpreter)
      : environment_(environment), interpreter_(interpreter) {
    const auto part = std::ranges::find(parts, Role::kConfiguration, &EnvironmentPart::role);
    if (part == parts.end()) return;
    const PyvenvCfg& existing = environment.configuration;
    const PyvenvCfg wanted = PyvenvCfg::parse(part->content);
    const auto activate =
        std::ranges::find(parts, EnvironmentLayout::script("activate"), &EnvironmentPart::name);
    const auto path = activate == parts.end() ? std::nullopt : activated_path(activate->content);
    is_moved_ = path && !environment.made_at.empty() && *path != environment.made_at;
    // `virtualenv` and uv write no path into it.
    configuration_differs_ = !same_configuration(existing, wanted, interpreter) ||
                             (is_moved_ && existing.value("command"));
    prompt_differs_ = wanted.prompt() && wanted.prompt() != existing.prompt();
  }

  /// Whether an environment of this maker has to have the part.
  [[nodiscard]] bool is_needed(const EnvironmentPart& part) const {
    if (part.role == Role::kActivation && (prompt_differs_ || is_moved_)) return true;
    switch (environment_.maker) {
      case Maker::kEnsure:
        return true;
      case Maker::kVenv:
        return is_needed_by_venv(part);
      case Maker::kVirtualenv:
      case Maker::kUv:
        break;
    }
    // The new configuration does not name the maker, so that it becomes an environment of `venv`.
    if (configuration_differs_) return is_needed_by_venv(part);
    const bool for_compilers = part.name.starts_with("include") || part.name == "lib64";
    return part.role == Role::kExecutable || part.role == Role::kConfiguration ||
           (part.role == Role::kLibrary && !for_compilers);
  }

  [[nodiscard]] bool is_same(const EnvironmentPart& part, const base::Path& path,
                             const FileStatus& status) const {
    switch (part.role) {
      case Role::kExecutable:
        return part.kind == Kind::kDirectory ? directory_exists(path)
                                             : is_same_executable(part, path, status);
      case Role::kConfiguration:
        return status.type == FileType::kRegular && !configuration_differs_;
      case Role::kActivation:
        return is_same_script(part, path, status);
      case Role::kLibrary:
        return directory_exists(path);
      case Role::kIgnoreFile:
        break;
    }
    return true;
  }

 private:
  [[nodiscard]] static bool is_needed_by_venv(const EnvironmentPart& part) {
    return part.name != EnvironmentLayout::script("activate.nu") &&
           part.name != EnvironmentLayout::script("activate_this.py");
  }

  /// A link must lead to the interpreter, under any of its names. A copy must have the content that
  /// the interpreter has now: another version often has the same size.
  [[nodiscard]] bool is_same_executable(const EnvironmentPart& part, const base::Path& path,
                                        const FileStatus& status) const {
    if (part.kind == Kind::kLink) {
      return status.type == FileType::kLink && leads_to_interpreter(part, path);
    }
    return status.type == FileType::kRegular && has_content_of(part.content, path, status);
  }

  /// In a root that has no Python yet, the text of a link decides.
  [[nodiscard]] bool leads_to_interpreter(const EnvironmentPart& part,
                                          const base::Path& path) const {
    for (const ExistingExecutable& executable : environment_.executables) {
      if (!executable.leads_to || path.filename() != executable.name) continue;
      return executable.leads_to->empty() ? executable.target == part.content
                                          : executable.leads_to == interpreter_.real_executable;
    }
    return is_same_file(path, interpreter_.real_executable);
  }

  [[nodiscard]] static bool has_content_of(const base::Path& original, const base::Path& path,
                                           const FileStatus& status) {
    const std::optional<FileStatus> other = base::file_status(original);
    if (!other || other->size != status.size) return false;
    return base::MappedFile(original).bytes() == base::MappedFile(path).bytes();
  }

  [[nodiscard]] bool is_same_script(const EnvironmentPart& part, const base::Path& path,
                                    const FileStatus& status) const {
    if (status.type != FileType::kRegular || status.size == 0) return false;
    if (environment_.maker != Maker::kEnsure) return !prompt_differs_ && !is_moved_;
    return base::read_file(path).starts_with(part.content);
  }

  const ExistingEnvironment& environment_;
  const Interpreter& interpreter_;
  bool configuration_differs_ = false;
  bool prompt_differs_ = false;
  bool is_moved_ = false;  ///< its texts name another path
};

}  // namespace

std::optional<ExistingEnvironment> read_environment(const base::Path& path) {
  const std::optional<FileStatus> link_status = base::link_status(path);
  if (!link_status) return std::nullopt;
  ExistingEnvironment result;
  result.path = path;
  result.is_link = link_status->type == base::FileType::kLink;
  if (!directory_exists(path)) return result;

  const base::Directory top = base::Directory::open(base::real_path(path).value_or(path));
  note_owner(result, top.status(), path);
  const std::optional<std::string> configuration = read_configuration(result, top);
  if (!configuration) {
    std::vector<std::string> names = base::list_directory(path);
    std::erase(names, ".ensure");  // the staging directory of a change in progress
    result.kind = names.empty() ? ExistingEnvironment::Kind::kEmptyDirectory
                                : ExistingEnvironment::Kind::kForeign;
    if (!names.empty()) result.why_foreign = "it contains `" + names.front() + "`";
    return result;
  }
  result.configuration = PyvenvCfg::parse(*configuration);
  read_executables(result);
  result.why_foreign = why_no_environment(result);
  result.kind = result.why_foreign.empty() ? ExistingEnvironment::Kind::kEnvironment
                                           : ExistingEnvironment::Kind::kForeign;
  if (!result.why_foreign.empty()) return result;
  read_maker(result);
  result.libraries = read_libraries(path / EnvironmentLayout::kLibraries);
  return result;
}

bool has_copies(const ExistingEnvironment& environment) {
  return std::ranges::any_of(environment.executables, [](const ExistingExecutable& executable) {
    return !executable.is_link && executable.leads_to_file;
  });
}

EnvironmentOptions for_existing(EnvironmentOptions options,
                                const ExistingEnvironment& environment) {
  const std::optional<std::string> prompt = environment.configuration.prompt();
  // "." would stand for the current directory; other tools allow line breaks.
  const bool usable = prompt && prompt != "." && prompt->find_first_of("\n\r") == std::string::npos;
  if (!options.prompt && usable) options.prompt = prompt;
  options.relocatable |= environment.relocatable;
  return options;
}

bool is_for(const ExistingEnvironment& environment, const Interpreter& interpreter) {
  const std::string minor =
      std::to_string(interpreter.major) + "." + std::to_string(interpreter.minor);
  const std::optional<std::string> version = environment.configuration.version();
  if (version && *version != minor && !version->starts_with(minor + ".")) return false;
  // A stale library shows that a tool has installed one Python over another.
  return std::ranges::all_of(environment.libraries, [&](const std::string& library) {
    return library == interpreter.library_name;
  });
}

std::vector<PartDifference> differences(const ExistingEnvironment& environment,
                                        const std::vector<EnvironmentPart>& parts,
                                        const Interpreter& interpreter) {
  const Comparison comparison(environment, parts, interpreter);
  std::vector<PartDifference> result;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const EnvironmentPart& part = parts[index];
    const base::Path path = environment.path / part.name;
    const std::optional<FileStatus> status = base::link_status(path);
    if (status ? !comparison.is_same(part, path, *status) : comparison.is_needed(part)) {
      result.push_back({.part = index, .missing = !status});
    }
  }
  return result;
}

}  // namespace ensure::venv
