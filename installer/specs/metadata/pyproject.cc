#include "installer/specs/metadata/pyproject.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kGroups = "dependency-groups";
constexpr std::size_t kDeepest = 100;

constexpr std::string_view kDefaultBuildRequirement = "setuptools>=40.8.0";
/// It runs `setup.py` with the project's directory on the path, as was always done.
constexpr std::string_view kDefaultBackend = "setuptools.build_meta:__legacy__";

[[noreturn]] void fail(std::string message, std::string hint) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint(std::move(hint));
}

Requirement requirement_at(const std::string& place, std::string_view text) {
  try {
    return Requirement::parse(text);
  } catch (base::ParseError& error) {
    error.add_context("in `" + place + "`");
    throw;
  }
}

std::vector<Requirement> requirements_at(const text::TomlReader& table, std::string_view key) {
  std::vector<Requirement> requirements;
  for (const text::TomlReader& entry : table.elements(key, text::TomlKind::kString)) {
    requirements.push_back(requirement_at(entry.path(), entry.value().text));
  }
  return requirements;
}

std::optional<SpecifierSet> requires_python_of(const text::TomlReader& table) {
  if (!table.has("requires-python")) return std::nullopt;
  return SpecifierSet::parse(table.string("requires-python"));
}

/// The blocks of type "script", each as one TOML text.
std::vector<std::string> script_blocks(std::string_view script) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (script.starts_with(kByteOrderMark)) script.remove_prefix(kByteOrderMark.size());
  const std::vector<std::string_view> lines = base::split_lines(script);
  std::vector<std::string> blocks;
  for (std::size_t start = 0; start < lines.size(); ++start) {
    if (lines[start] != "# /// script") continue;
    // The last line that can close the block does: a line inside it may look like one.
    std::size_t end = start + 1;
    std::size_t closing = start;
    for (; end < lines.size() && (lines[end] == "#" || lines[end].starts_with("# ")); ++end) {
      if (lines[end] == "# ///") closing = end;
    }
    if (closing == start) {
      start = end - 1;
      continue;
    }
    std::string& block = blocks.emplace_back();
    for (++start; start < closing; ++start) {
      block.append(lines[start].substr(std::min<std::size_t>(2, lines[start].size()))).append("\n");
    }
  }
  return blocks;
}

}  // namespace

const Pyproject::Group& Pyproject::group(const std::string& name,
                                         const std::string& included_by) const {
  const auto found = groups_.find(normalize_name(name));
  if (found != groups_.end()) return found->second;
  const std::vector<std::string> names = groups();
  const std::optional<std::string> near = base::nearest(name, names);
  fail("there is no dependency group `" + name + "`" +
           (included_by.empty() ? "" : ", which `" + included_by + "` includes"),
       near            ? "did you mean `" + *near + "`?"
       : names.empty() ? "the file has no `[dependency-groups]` (PEP 735)"
                       : "there are " + base::join(names, ", "));
}

std::vector<Requirement> Pyproject::group_requirements(const std::string& name) const {
  Expansion expansion;
  expand(name, expansion);
  return std::move(expansion.requirements);
}

void Pyproject::expand(const std::string& name, Expansion& expansion) const {
  const std::string normalized = normalize_name(name);
  // A second inclusion adds no requirements.
  if (expansion.done.contains(normalized)) return;
  std::vector<std::string>& path = expansion.path;
  const Group& found = group(name, path.empty() ? "" : path.back());
  const bool is_open = std::find(path.begin(), path.end(), normalized) != path.end();
  path.push_back(normalized);
  if (is_open) {
    fail("dependency groups include each other: " + base::join(path, " includes "),
         "remove one of the `include-group` entries");
  }
  if (path.size() > kDeepest) {
    fail("dependency groups include each other more than " + std::to_string(kDeepest) +
             " levels deep",
         "let `" + path.front() + "` include the last of them itself");
  }
  add_entries(found, expansion);
  path.pop_back();
  expansion.done.insert(normalized);
}

void Pyproject::add_entries(const Group& group, Expansion& expansion) const {
  const std::string list = std::string(kGroups) + '.' + group.as_written;
  if (group.entries.kind != text::TomlKind::kArray) {
    fail("`" + list + "` is not a list", "groups are lists of requirements (PEP 735)");
  }
  std::size_t number = 0;
  for (const text::TomlValue& entry : group.entries.elements) {
    const std::string place = list + '[' + std::to_string(number++) + ']';
    if (entry.kind == text::TomlKind::kString) {
      expansion.requirements.push_back(requirement_at(place, entry.text));
      continue;
    }
    const text::TomlValue* const included = entry.find("include-group");
    if (included == nullptr || entry.members.size() != 1 ||
        included->kind != text::TomlKind::kString) {
      fail("`" + place + "` is neither a requirement nor `{include-group = \"...\"}`",
           "PEP 735 defines no other entries");
    }
    expand(included->text, expansion);
  }
}

Pyproject Pyproject::parse(std::string_view text) {
  const text::TomlValue value = text::TomlValue::parse(text);
  const text::TomlReader document(value, "pyproject.toml");
  Pyproject result;
  if (document.has(kGroups)) {
    const text::TomlReader table = document.member(kGroups, text::TomlKind::kTable);
    for (const auto& [name, entries] : table.value().members) {
      const auto [place, is_new] =
          result.groups_.emplace(normalize_name(name), Group{name, entries});
      if (is_new) continue;
      fail("the groups `" + place->second.as_written + "` and `" + name + "` have the same name",
           "rename one of them: case, `-`, `_` and `.` make no difference");
    }
  }
  if (!document.has("project")) return result;
  const text::TomlReader project = document.member("project", text::TomlKind::kTable);
  result.name_ = PackageName::parse(project.string("name"));
  result.requires_python_ = requires_python_of(project);
  result.dynamic_ = project.strings("dynamic");
  result.dependencies_ = requirements_at(project, "dependencies");
  if (!project.has("optional-dependencies")) return result;
  const text::TomlReader extras = project.member("optional-dependencies", text::TomlKind::kTable);
  for (const auto& [extra, entries] : extras.value().members) {
    const std::string name = PackageName::parse(extra).normalized();
    const bool is_new =
        result.optional_dependencies_.emplace(name, requirements_at(extras, extra)).second;
    if (!is_new) extras.fail("names `" + name + "` twice");
  }
  return result;
}

const std::vector<Requirement>& Pyproject::of_extra(const std::string& extra) const {
  const auto found = optional_dependencies_.find(extra);
  if (found != optional_dependencies_.end()) return found->second;
  const std::optional<std::string> near = base::nearest(extra, extras());
  fail("`" + name_->as_written() + "` has no extra `" + extra + '`',
       near ? "did you mean `" + *near + "`?" : "see `[project.optional-dependencies]`");
}

std::vector<std::string> Pyproject::extras() const {
  std::vector<std::string> names;
  names.reserve(optional_dependencies_.size());
  for (const auto& [name, requirements] : optional_dependencies_) names.push_back(name);
  return names;
}

std::vector<std::string> Pyproject::groups() const {
  std::vector<std::string> names;
  names.reserve(groups_.size());
  for (const auto& [normalized, group] : groups_) names.push_back(group.as_written);
  return names;
}

std::vector<Requirement> Pyproject::requirements(const std::vector<std::string>& extras) const {
  if (!name_) {
    fail("the file has no `[project]`", "name one of its groups with `--group`, or another file");
  }
  for (const std::string& field : dynamic_) {
    if (field != "dependencies" && (field != "optional-dependencies" || extras.empty())) continue;
    fail("only a build of `" + name_->as_written() + "` can determine its `" + field + '`',
         "install the project itself: give its directory as the requirement");
  }
  std::vector<Requirement> all = dependencies_;
  std::vector<std::string> waiting(extras.rbegin(), extras.rend());
  std::set<std::string> done;
  while (!waiting.empty()) {
    const std::string extra = normalize_name(waiting.back());
    waiting.pop_back();
    if (!done.insert(extra).second) continue;
    for (const Requirement& requirement : of_extra(extra)) {
      if (requirement.name != *name_) {
        all.push_back(requirement);
        continue;
      }
      for (const PackageName& other : requirement.extras) waiting.push_back(other.normalized());
    }
  }
  return all;
}

BuildSystem BuildSystem::parse(std::string_view pyproject) {
  const text::TomlValue value = text::TomlValue::parse(pyproject);
  const text::TomlReader document(value, "pyproject.toml");
  BuildSystem system{{}, std::string(kDefaultBackend), {}};
  if (!document.has("build-system")) {
    system.requirements.push_back(Requirement::parse(kDefaultBuildRequirement));
    return system;
  }
  const text::TomlReader table = document.member("build-system", text::TomlKind::kTable);
  if (!table.has("requires")) table.fail("has no `requires`");
  system.requirements = requirements_at(table, "requires");
  if (table.has("build-backend")) system.backend = table.string("build-backend");
  system.backend_path = table.strings("backend-path");
  return system;
}

std::optional<ScriptMetadata> ScriptMetadata::try_parse(std::string_view script) {
  const std::vector<std::string> blocks = script_blocks(script);
  if (blocks.empty()) return std::nullopt;
  if (blocks.size() > 1) {
    fail("the script has several blocks `# /// script`", "merge them into one (PEP 723)");
  }
  const text::TomlValue value = text::TomlValue::parse(blocks.front());
  const text::TomlReader document(value, "script block");
  return ScriptMetadata{requirements_at(document, "dependencies"), requires_python_of(document)};
}

}  // namespace ensure::specs
