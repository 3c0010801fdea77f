#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "installer/specs/requirements/requirement.h"
#include "installer/text/toml_value.h"

namespace ensure::specs {

/// The table `dependency-groups` of a `pyproject.toml` (PEP 735). Entries of groups that nobody
/// asks for are not looked at: they may be of a form that is not known yet.
class DependencyGroups {
 public:
  /// Of the document as a whole; none where it has no such table. Throws `base::Error` (usage)
  /// where that is no table, or two of its names have one normal form.
  static DependencyGroups parse(const text::TomlReader& document);

  /// The requirements of a group, with those of included groups in place of the inclusion. A group
  /// that is included several times appears once, at its first inclusion. Throws `base::Error`
  /// (usage) for an unknown name, for groups that include each other or are nested more than 100
  /// deep, and for entries of another form.
  [[nodiscard]] std::vector<Requirement> requirements(std::string_view name) const;

  /// As written, in no particular order.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Group {
    std::string as_written;
    text::TomlValue entries;
  };
  /// The state of one call of `requirements`.
  struct Expansion {
    std::vector<std::string> path;  ///< the groups being read, outermost first
    std::set<std::string> done;
    std::vector<Requirement> requirements;
  };

  void add(const std::string& name, Expansion& expansion) const;
  void check_and_add(const Group& group, Expansion& expansion) const;
  void add_entry(const text::TomlValue& entry, const std::string& place,
                 Expansion& expansion) const;

  std::map<std::string, Group> groups_;  ///< by the normal forms of their names
};

}  // namespace ensure::specs
