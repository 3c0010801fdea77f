#include "installer/specs/metadata/pyproject.h"

#include <algorithm>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/toml_value.h"

namespace ensure::specs {
namespace {

[[noreturn]] void fail(std::string message, std::string hint) {
  throw base::Error(base::ExitCode::kUsage, std::move(message)).with_hint(std::move(hint));
}

std::vector<Requirement> requirements_at(const text::TomlReader& table, std::string_view key) {
  std::vector<Requirement> requirements;
  for (const text::TomlReader& entry : table.elements(key, text::TomlKind::kString)) {
    try {
      requirements.push_back(Requirement::parse(entry.value().text));
    } catch (base::ParseError& error) {
      error.add_context("in `" + entry.path() + "`");
      throw;
    }
  }
  return requirements;
}

std::optional<SpecifierSet> requires_python_of(const text::TomlReader& table) {
  if (!table.has("requires-python")) return std::nullopt;
  return SpecifierSet::parse(table.string("requires-python"));
}

/// The lines of the blocks of type "script", each as one TOML text.
std::vector<std::string> script_blocks(std::string_view script) {
  const std::vector<std::string_view> lines = base::split_lines(script);
  std::vector<std::string> blocks;
  for (std::size_t start = 0; start < lines.size(); ++start) {
    if (lines[start] != "# /// script") continue;
    // The last line that can close the block does: what is in it may look like one.
    std::size_t end = start + 1;
    std::size_t closing = start;
    for (; end < lines.size() && (lines[end] == "#" || lines[end].starts_with("# ")); ++end) {
      if (lines[end] == "# ///") closing = end;
    }
    if (closing == start) {
      start = end - 1;
      continue;
    }
    std::string block;
    for (std::size_t i = start + 1; i < closing; ++i) {
      block.append(lines[i].substr(std::min<std::size_t>(2, lines[i].size()))).append("\n");
    }
    blocks.push_back(std::move(block));
    start = closing;
  }
  return blocks;
}

}  // namespace

Pyproject Pyproject::parse(std::string_view text) {
  const text::TomlValue value = text::TomlValue::parse(text);
  const text::TomlReader document(value, "pyproject.toml");
  Pyproject result;
  result.groups_ = DependencyGroups::parse(document);
  if (!document.has("project")) return result;
  const text::TomlReader project = document.member("project", text::TomlKind::kTable);
  result.name_ = PackageName::parse(project.string("name"));
  result.requires_python_ = requires_python_of(project);
  result.dynamic_ = project.strings("dynamic");
  result.dependencies_ = requirements_at(project, "dependencies");
  if (!project.has("optional-dependencies")) return result;
  const text::TomlReader extras = project.member("optional-dependencies", text::TomlKind::kTable);
  for (const auto& [extra, entries] : extras.value().members) {
    const PackageName name = PackageName::parse(extra);
    const bool is_new =
        result.optional_dependencies_.emplace(name.normalized(), requirements_at(extras, extra))
            .second;
    if (!is_new) extras.fail("names `" + name.normalized() + "` twice");
  }
  return result;
}

std::vector<std::string> Pyproject::extras() const {
  std::vector<std::string> names;
  names.reserve(optional_dependencies_.size());
  for (const auto& [name, requirements] : optional_dependencies_) names.push_back(name);
  return names;
}

std::vector<Requirement> Pyproject::requirements(const std::vector<std::string>& extras) const {
  if (!name_) {
    fail("the file has no `[project]`", "name a group of it with `--group`, or another file");
  }
  for (const std::string& field : dynamic_) {
    if (field != "dependencies" && (field != "optional-dependencies" || extras.empty())) continue;
    fail("only a build of `" + name_->as_written() + "` tells its `" + field + '`',
         "install the project itself: give its folder as the requirement");
  }
  std::vector<Requirement> all = dependencies_;
  std::vector<std::string> waiting(extras.rbegin(), extras.rend());
  std::set<std::string> done;
  while (!waiting.empty()) {
    const std::string extra = normalize_name(waiting.back());
    waiting.pop_back();
    if (!done.insert(extra).second) continue;
    const auto found = optional_dependencies_.find(extra);
    if (found == optional_dependencies_.end()) {
      const std::optional<std::string> near = base::nearest(extra, this->extras());
      fail("`" + name_->as_written() + "` has no extra `" + extra + '`',
           near ? "did you mean `" + *near + "`?" : "see `[project.optional-dependencies]`");
    }
    for (const Requirement& requirement : found->second) {
      if (requirement.name != *name_) {
        all.push_back(requirement);
        continue;
      }
      for (const PackageName& other : requirement.extras) waiting.push_back(other.normalized());
    }
  }
  return all;
}

std::optional<ScriptMetadata> ScriptMetadata::try_parse(std::string_view script) {
  const std::vector<std::string> blocks = script_blocks(script);
  if (blocks.empty()) return std::nullopt;
  if (blocks.size() > 1) {
    fail("the script has several blocks `# /// script`", "put them together into one (PEP 723)");
  }
  const text::TomlValue value = text::TomlValue::parse(blocks.front());
  const text::TomlReader document(value, "script block");
  return ScriptMetadata{requirements_at(document, "dependencies"), requires_python_of(document)};
}

}  // namespace ensure::specs
