#include "venv/environment/environment_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>

#include "installer/base/error.h"
#include "installer/specs/metadata/layout.h"
#include "venv/activation/activation.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

using Kind = ExistingEnvironment::Kind;
using Maker = ExistingEnvironment::Maker;

/// Reads the files of an environment that decide which Python runs. Content and owner come from one
/// descriptor, so that both belong to the same file even if another process renames files.
class DecidingFiles {
 public:
  explicit DecidingFiles(const base::Path& path)
      : path_(path), directory_(base::open_file(path, O_PATH | O_DIRECTORY)) {
    note_owner(directory_, path);
  }

  [[nodiscard]] const std::optional<base::Path>& foreign() const { return foreign_; }

  /// The text of `pyvenv.cfg`; nullopt if it is missing. Sets `is_open` if others may write to it.
  std::optional<std::string> read_configuration(bool& is_open) {
    const base::Path path = path_ / EnvironmentLayout::kConfiguration;
    const base::Descriptor file(openat(directory_.get(), EnvironmentLayout::kConfiguration,
                                       O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return std::nullopt;
    if (!file) throw base::FileError("open", path.text(), errno);
    is_open = (note_owner(file, path) & S_IWOTH) != 0;
    return base::read_file(file, path, base::kSmallText);
  }

  /// The target of the link `name` in the scripts directory; empty if it is not a link.
  base::Path read_link(const std::string& name) {
    const base::Path bin = path_ / EnvironmentLayout::kScripts;
    if (!bin_) {
      bin_.reset(
          openat(directory_.get(), EnvironmentLayout::kScripts, O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!bin_) throw base::FileError("open", bin.text(), errno);
      note_owner(bin_, bin);
    }
    const base::Descriptor link(openat(bin_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    std::array<char, PATH_MAX> target{};
    const ssize_t length = link ? readlinkat(link.get(), "", target.data(), target.size()) : -1;
    if (length < 0) return {};
    note_owner(link, bin / name);
    return std::string(target.data(), static_cast<std::size_t>(length));
  }

 private:
  mode_t note_owner(const base::Descriptor& file, const base::Path& path) {
    struct stat raw{};
    if (fstat(file.get(), &raw) != 0) throw base::FileError("examine", path.text(), errno);
    if (!foreign_ && raw.st_uid != 0 && raw.st_uid != geteuid()) foreign_ = path;
    return raw.st_mode;
  }

  base::Path path_;
  base::Descriptor directory_;
  base::Descriptor bin_;
  std::optional<base::Path> foreign_;
};

bool is_real_directory(const base::Path& path) {
  const std::optional<base::FileStatus> status = base::link_status(path);
  return status && status->type == base::FileType::kDirectory;
}

std::vector<ExistingExecutable> read_executables(const base::Path& bin, DecidingFiles& files) {
  std::vector<ExistingExecutable> result;
  if (!directory_exists(bin)) return result;
  for (const std::string& name : base::list_directory(bin)) {
    if (!specs::is_interpreter_name(name, false) || is_real_directory(bin / name)) continue;
    const base::Path target = files.read_link(name);
    const std::optional<base::FileStatus> status = base::file_status(bin / name);
    result.push_back({name, !target.empty(), target, status && status->is_executable_file()});
  }
  return result;
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

}  // namespace

std::optional<ExistingEnvironment> read_environment(const base::Path& path) {
  const std::optional<base::FileStatus> link_status = base::link_status(path);
  if (!link_status) return std::nullopt;
  ExistingEnvironment result;
  result.path = path;
  result.is_link = link_status->type == base::FileType::kLink;
  if (!directory_exists(path)) return result;

  DecidingFiles files(path);
  const std::optional<std::string> configuration =
      files.read_configuration(result.configuration_is_open);
  if (!configuration) {
    std::vector<std::string> names = base::list_directory(path);
    std::erase(names, ".ensure");  // the staging directory of a change in progress
    result.kind = names.empty() ? Kind::kEmptyDirectory : Kind::kForeign;
    if (!names.empty()) result.why_foreign = "it contains `" + names.front() + "`";
    return result;
  }
  result.configuration = PyvenvCfg::parse(*configuration);
  result.executables = read_executables(path / EnvironmentLayout::kScripts, files);
  result.foreign = files.foreign();
  result.why_foreign = why_no_environment(result);
  result.kind = result.why_foreign.empty() ? Kind::kEnvironment : Kind::kForeign;
  if (result.kind == Kind::kForeign) return result;
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

}  // namespace ensure::venv
