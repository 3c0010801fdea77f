#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/text/toml.h"

namespace ensure::specs {

/// The requirements that a `pyproject.toml` declares ("pyproject.toml specification", PEP 621, PEP
/// 735).
class Pyproject {
 public:
  /// Throws `base::Error` (usage), also for an invalid requirement of `[project]`, and for two
  /// groups whose names have one normal form.
  static Pyproject parse(std::string_view text);

  /// The requirements of the project and of these extras; an extra may name others as
  /// `project[other]`. Throws `base::Error` (usage) if there is no `[project]`, if only a build can
  /// determine them, and for an unknown extra.
  [[nodiscard]] std::vector<Requirement> requirements(
      const std::vector<std::string>& extras = {}) const;

  /// `requires-python` of `[project]`.
  [[nodiscard]] const std::optional<SpecifierSet>& requires_python() const {
    return requires_python_;
  }

  /// The names of all extras, in their normal forms.
  [[nodiscard]] std::vector<std::string> extras() const;
  /// The names of all dependency groups, as written.
  [[nodiscard]] std::vector<std::string> groups() const;

  /// The requirements of a dependency group, with those of included groups in place of the
  /// inclusion. A group that is included several times appears once, at its first inclusion. Only
  /// these groups are checked: others may have a form that is not known yet. Throws `base::Error`
  /// (usage) for an unknown name, for groups that include each other or are nested more than 100
  /// deep, and for entries of another form.
  [[nodiscard]] std::vector<Requirement> group_requirements(const std::string& name) const;

 private:
  struct Group {
    std::string as_written;
    text::TomlValue entries;
  };
  /// The state of one call of `group_requirements`.
  struct Expansion {
    std::vector<std::string> path;  ///< the groups being read, outermost first
    std::set<std::string> done;
    std::vector<Requirement> requirements;
  };

  [[nodiscard]] const std::vector<Requirement>& of_extra(const std::string& extra) const;
  /// `included_by` is empty for a group that the user names.
  [[nodiscard]] const Group& group(const std::string& name, const std::string& included_by) const;
  void expand(const std::string& name, Expansion& expansion) const;
  void add_entries(const Group& group, Expansion& expansion) const;

  std::optional<PackageName> name_;  ///< nullopt if there is no `[project]`
  std::optional<SpecifierSet> requires_python_;
  std::vector<std::string> dynamic_;
  std::vector<Requirement> dependencies_;
  // By normal forms of names:
  std::map<std::string, std::vector<Requirement>> optional_dependencies_;
  std::map<std::string, Group> groups_;
};

/// How a project is built: `[build-system]` of its `pyproject.toml` (PEP 518, PEP 517).
struct BuildSystem {
  std::vector<Requirement> requirements;  ///< of the build (`requires`)
  std::string backend;                    ///< "module:object" (`build-backend`)
  /// Directories with the backend, relative to the project; usually empty.
  std::vector<std::string> backend_path;

  /// Reads a `pyproject.toml`; an empty text stands for a project without one. The default is
  /// `setuptools` (PEP 517, "Build environment"). Throws `base::Error` (usage) if the table is
  /// malformed.
  static BuildSystem parse(std::string_view pyproject);
};

/// The block `# /// script` in a script (PEP 723).
struct ScriptMetadata {
  std::vector<Requirement> dependencies;
  std::optional<SpecifierSet> requires_python;

  /// Returns nullopt if the script has no such block. Throws `base::Error` (usage) if it has
  /// several, or a malformed one.
  static std::optional<ScriptMetadata> try_parse(std::string_view script);
};

}  // namespace ensure::specs
