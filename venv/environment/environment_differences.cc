#include <optional>
#include <string>

#include "installer/base/file.h"
#include "installer/base/text.h"
#include "venv/environment/environment_reader.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

using base::FileStatus;
using base::FileType;
using Kind = EnvironmentPart::Kind;
using Maker = ExistingEnvironment::Maker;
using Role = EnvironmentPart::Role;

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
    for (const EnvironmentPart& part : parts) {
      if (part.role != Role::kConfiguration) continue;
      const PyvenvCfg& existing = environment.configuration;
      const PyvenvCfg wanted = PyvenvCfg::parse(part.content);
      configuration_differs_ = !same_configuration(existing, wanted, interpreter);
      prompt_differs_ = wanted.prompt() && wanted.prompt() != existing.prompt();
    }
  }

  /// Returns nullopt if the environment has `part` or does not need it.
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
    // The new configuration does not name the maker, so that it becomes an environment of `venv`.
    if (configuration_differs_) return is_needed_by_venv(part);
    const bool for_compilers = part.name.starts_with("include") || part.name == "lib64";
    return part.role == Role::kExecutable || part.role == Role::kConfiguration ||
           (part.role == Role::kLibrary && !for_compilers);
  }

  [[nodiscard]] static bool is_needed_by_venv(const EnvironmentPart& part) {
    return part.name != EnvironmentLayout::script("activate.nu") &&
           part.name != EnvironmentLayout::script("activate_this.py");
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

  /// A link must lead to the interpreter, under any of its names. A copy must have the content that
  /// the interpreter has now: another version often has the same size.
  [[nodiscard]] bool is_same_executable(const EnvironmentPart& part, const base::Path& path,
                                        const FileStatus& status) const {
    if (part.kind == Kind::kLink) {
      return status.type == FileType::kLink && is_same_file(path, interpreter_.real_executable);
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
  bool configuration_differs_ = false;
  bool prompt_differs_ = false;
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
