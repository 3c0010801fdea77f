#include "installer/specs/requirements/dependency_groups.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/specs/requirements/package_name.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kTable = "dependency-groups";
constexpr std::size_t kDeepest = 100;

[[noreturn]] void fail(std::string message, std::string hint) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint(std::move(hint));
}

}  // namespace

DependencyGroups DependencyGroups::parse(const text::TomlReader& document) {
  DependencyGroups groups;
  if (!document.has(kTable)) return groups;
  const text::TomlReader table = document.member(kTable, text::TomlKind::kTable);
  for (const auto& [name, entries] : table.value().members) {
    const auto [place, is_new] = groups.groups_.emplace(normalize_name(name), Group{name, entries});
    if (is_new) continue;
    fail("the groups `" + place->second.as_written + "` and `" + name + "` are one",
         "give one of them another name: case, `-`, `_` and `.` make no difference");
  }
  return groups;
}

std::vector<Requirement> DependencyGroups::requirements(std::string_view name) const {
  Expansion expansion;
  add(std::string(name), expansion);
  return std::move(expansion.requirements);
}

std::vector<std::string> DependencyGroups::names() const {
  std::vector<std::string> names;
  names.reserve(groups_.size());
  for (const auto& [normalized, group] : groups_) names.push_back(group.as_written);
  return names;
}

// Groups that include each other are found out.
void DependencyGroups::add(const std::string& name, Expansion& expansion) const {
  const std::string normalized = normalize_name(name);
  // A second inclusion adds no requirements.
  if (expansion.done.contains(normalized)) return;
  const auto found = groups_.find(normalized);
  if (found == groups_.end()) {
    const std::optional<std::string> near = base::nearest(name, names());
    fail("there is no dependency group `" + name + "`",
         near              ? "did you mean `" + *near + "`?"
         : groups_.empty() ? "the file has no `[dependency-groups]` (PEP 735)"
                           : "there are " + base::join(names(), ", "));
  }
  std::vector<std::string>& path = expansion.path;
  const bool is_open = std::find(path.begin(), path.end(), normalized) != path.end();
  path.push_back(normalized);
  if (is_open) {
    fail("dependency groups include each other: " + base::join(path, " includes "),
         "take out one of the `include-group`");
  }
  if (path.size() > kDeepest) {
    fail("dependency groups include each other more than " + std::to_string(kDeepest) +
             " levels deep",
         "let `" + path.front() + "` include the last of them itself");
  }
  check_and_add(found->second, expansion);
  path.pop_back();
  expansion.done.insert(normalized);
}

void DependencyGroups::check_and_add(const Group& group, Expansion& expansion) const {
  const std::string place = std::string(kTable) + '.' + group.as_written;
  if (group.entries.kind != text::TomlKind::kArray) {
    fail("`" + place + "` is not a list", "groups are lists of requirements (PEP 735)");
  }
  std::size_t number = 0;
  for (const text::TomlValue& entry : group.entries.elements) {
    add_entry(entry, place + '[' + std::to_string(number++) + ']', expansion);
  }
}

void DependencyGroups::add_entry(const text::TomlValue& entry, const std::string& place,
                                 Expansion& expansion) const {
  if (entry.kind == text::TomlKind::kString) {
    try {
      expansion.requirements.push_back(Requirement::parse(entry.text));
    } catch (base::ParseError& error) {
      error.add_context("in `" + place + "`");
      throw;
    }
    return;
  }
  const text::TomlValue* const included = entry.find("include-group");
  const bool is_include =
      included != nullptr && entry.members.size() == 1 && included->kind == text::TomlKind::kString;
  if (!is_include) {
    fail("`" + place + "` is neither a requirement nor `{include-group = \"...\"}`",
         "PEP 735 knows no other entries");
  }
  add(included->text, expansion);
}

}  // namespace ensure::specs
