#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirement.h"
#include "installer/specs/toml_value.h"

namespace ensure::specs {

/// The table `dependency-groups` of a `pyproject.toml` (PEP 735). Entries of groups that nobody
/// asks for are not looked at: they may be of a form that is not known yet.
class DependencyGroups {
 public:
  /// Of the document as a whole; none where it has no such table. Throws `base::Error` (usage)
  /// where that is no table, or two of its names have one normal form.
  static DependencyGroups parse(const TomlReader& document);

  /// The requirements of a group, with those of the groups that it includes in their places.
  /// Throws `base::Error` (usage) for a name that no group has, for groups that include each other
  /// and for entries of another form.
  [[nodiscard]] std::vector<Requirement> requirements(std::string_view name) const;

  /// As written, in no particular order.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  void add(const std::string& name, std::vector<std::string>& path,
           std::vector<Requirement>& requirements) const;
  void add_entry(const TomlValue& entry, const std::string& place, std::vector<std::string>& path,
                 std::vector<Requirement>& requirements) const;

  struct Group {
    std::string as_written;
    TomlValue entries;
  };

  std::map<std::string, Group> groups_;  ///< by the normal forms of their names
};

}  // namespace ensure::specs
