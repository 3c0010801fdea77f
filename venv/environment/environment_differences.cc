#include <algorithm>
#include <optional>
#include <string>

#include "installer/base/files.h"
#include "installer/base/text.h"
#include "venv/environment/environment_reader.h"

namespace ensure::venv {

namespace {

using base::FileStatus;
using base::FileType;
using Kind = EnvironmentPart::Kind;
using Maker = ExistingEnvironment::Maker;
using Role = EnvironmentPart::Role;

/// Whether both values name the folder of the same interpreter.
bool same_home(const std::string& existing, const std::string& wanted,
               const Interpreter& interpreter) {
  if (existing == wanted) return true;
  const std::optional<FileStatus> folder = base::file_status(existing);
  if (!folder) return false;
  const auto same_as = [&](const base::Path& other) {
    const std::optional<FileStatus> status = base::file_status(other);
    return status && status->same_file(*folder);
  };
  return same_as(wanted) || same_as(interpreter.real_executable.parent_path());
}

/// What the configuration means for Python and for prompts; `executable` and `command` only tell
/// how the environment was made, and must not where it can be moved.
bool same_configuration(const PyvenvCfg& existing, const PyvenvCfg& wanted,
                        const Interpreter& interpreter) {
  const std::optional<std::string> prompt = wanted.prompt();
  return same_home(existing.value("home").value_or(""), wanted.value("home").value_or(""),
                   interpreter) &&
         existing.system_site_packages() == wanted.system_site_packages() &&
         existing.version() == wanted.version() && (!prompt || existing.prompt() == prompt) &&
         (interpreter.minor < 11 || wanted.value("command") || !existing.value("command"));
}

/// One environment and what is asked of it.
class Comparison {
 public:
  Comparison(const ExistingEnvironment& environment, const std::vector<EnvironmentPart>& parts,
             const Interpreter& interpreter)
      : environment_(environment),
        interpreter_(interpreter),
        executable_(base::file_status(interpreter.real_executable)),
        configuration_differs_(configuration_differs(parts)),
        prompt_differs_(prompt_differs(parts)) {}

  /// Whether the environment lacks `part` in the form asked for, and whether altogether.
  [[nodiscard]] std::optional<PartDifference> compare(std::size_t index,
                                                      const EnvironmentPart& part) const {
    const base::Path path = environment_.path / part.name;
    const std::optional<FileStatus> status = base::link_status(path);
    if (!status) {
      if (!is_needed(part)) return std::nullopt;
      return PartDifference{.part = index, .missing = true};
    }
    if (is_same(part, path, *status)) return std::nullopt;
    return PartDifference{.part = index, .missing = false};
  }

 private:
  [[nodiscard]] bool configuration_differs(const std::vector<EnvironmentPart>& parts) const {
    return std::ranges::any_of(parts, [&](const EnvironmentPart& part) {
      return part.role == Role::kConfiguration &&
             !same_configuration(environment_.configuration, PyvenvCfg::parse(part.content),
                                 interpreter_);
    });
  }

  [[nodiscard]] bool prompt_differs(const std::vector<EnvironmentPart>& parts) const {
    for (const EnvironmentPart& part : parts) {
      if (part.role != Role::kConfiguration) continue;
      const std::optional<std::string> prompt = PyvenvCfg::parse(part.content).prompt();
      return prompt && prompt != environment_.configuration.prompt();
    }
    return false;
  }

  /// Whether an environment of this maker has to have the part.
  [[nodiscard]] bool is_needed(const EnvironmentPart& part) const {
    if (part.role == Role::kActivation && prompt_differs_) return true;
    switch (environment_.maker) {
      case Maker::kEnsure:
        return true;
      case Maker::kVenv:
        return is_needed_by_venv(part);
      case Maker::kVirtualenv:
      case Maker::kUv:
        break;
    }
    // With its configuration the environment loses the sign of its maker; it is one of `venv` then.
    if (configuration_differs_) return is_needed_by_venv(part);
    const bool for_compilers = part.name.starts_with("include") || part.name == "lib64";
    return part.role == Role::kExecutable || part.role == Role::kConfiguration ||
           (part.role == Role::kLibrary && !for_compilers);
  }

  [[nodiscard]] static bool is_needed_by_venv(const EnvironmentPart& part) {
    return part.name != "bin/activate.nu" && part.name != "bin/activate_this.py";
  }

  [[nodiscard]] bool is_same(const EnvironmentPart& part, const base::Path& path,
                             const FileStatus& status) const {
    switch (part.role) {
      case Role::kExecutable:
        return part.kind == Kind::kFolder ? leads_to_folder(path)
                                          : is_same_executable(part, path, status);
      case Role::kConfiguration:
        return status.type == FileType::kRegular && !configuration_differs_;
      case Role::kActivation:
        return is_same_script(part, path, status);
      case Role::kLibrary:
        return leads_to_folder(path);
      case Role::kIgnoreFile:
        break;
    }
    return true;
  }

  [[nodiscard]] static bool leads_to_folder(const base::Path& path) {
    const std::optional<FileStatus> status = base::file_status(path);
    return status && status->type == FileType::kDirectory;
  }

  /// A link has to lead to the interpreter, under whichever of its names; a copy has to be one of
  /// the interpreter as it is now. Sizes do not tell: that of another version is often the same.
  [[nodiscard]] bool is_same_executable(const EnvironmentPart& part, const base::Path& path,
                                        const FileStatus& status) const {
    if (part.kind == Kind::kLink) {
      const std::optional<FileStatus> target = base::file_status(path);
      return status.type == FileType::kLink && target && executable_ &&
             target->same_file(*executable_);
    }
    return status.type == FileType::kRegular && has_content_of(part.content, path, status);
  }

  [[nodiscard]] static bool has_content_of(const base::Path& original, const base::Path& path,
                                           const FileStatus& status) {
    const std::optional<FileStatus> other = base::file_status(original);
    if (!other || other->size != status.size) return false;
    return base::MappedFile(original).bytes() == base::MappedFile(path).bytes();
  }

  [[nodiscard]] bool is_same_script(const EnvironmentPart& part, const base::Path& path,
                                    const FileStatus& status) const {
    if (status.type != FileType::kRegular) return false;
    if (environment_.maker != Maker::kEnsure) return !prompt_differs_;
    return base::read_file(path).starts_with(part.content);
  }

  const ExistingEnvironment& environment_;
  const Interpreter& interpreter_;
  std::optional<FileStatus> executable_;
  bool configuration_differs_;
  bool prompt_differs_;
};

}  // namespace

std::vector<PartDifference> differences(const ExistingEnvironment& environment,
                                        const std::vector<EnvironmentPart>& parts,
                                        const Interpreter& interpreter) {
  const Comparison comparison(environment, parts, interpreter);
  std::vector<PartDifference> result;
  for (std::size_t index = 0; index < parts.size(); ++index) {
    const std::optional<PartDifference> difference = comparison.compare(index, parts[index]);
    if (difference) result.push_back(*difference);
  }
  return result;
}

}  // namespace ensure::venv
