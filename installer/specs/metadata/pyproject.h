#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/dependency_groups.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::specs {

/// What a `pyproject.toml` says that its project needs ("pyproject.toml specification", PEP 621,
/// PEP 735).
class Pyproject {
 public:
  /// Throws `base::Error` (usage), also for a requirement that is none.
  static Pyproject parse(std::string_view text);

  /// Nothing where there is no `[project]`.
  [[nodiscard]] const std::optional<PackageName>& name() const { return name_; }
  [[nodiscard]] const std::optional<SpecifierSet>& requires_python() const {
    return requires_python_;
  }
  [[nodiscard]] const DependencyGroups& groups() const { return groups_; }
  /// The normal forms of the names of extras.
  [[nodiscard]] std::vector<std::string> extras() const;

  /// The requirements of the project, and of these extras of it; an extra may name others as
  /// `project[other]`. Throws `base::Error` (usage) where there is no `[project]`, where only a
  /// build would tell, and for an extra that there is not.
  [[nodiscard]] std::vector<Requirement> requirements(
      const std::vector<std::string>& extras = {}) const;

 private:
  std::optional<PackageName> name_;
  std::optional<SpecifierSet> requires_python_;
  std::vector<std::string> dynamic_;
  std::vector<Requirement> dependencies_;
  std::map<std::string, std::vector<Requirement>> optional_dependencies_;
  DependencyGroups groups_;
};

/// The block `# /// script` in a script (PEP 723).
struct ScriptMetadata {
  std::vector<Requirement> dependencies;
  std::optional<SpecifierSet> requires_python;

  /// Nothing where the script has no such block. Throws `base::Error` (usage) where it has several,
  /// or one that means nothing.
  static std::optional<ScriptMetadata> try_parse(std::string_view script);
};

}  // namespace ensure::specs
