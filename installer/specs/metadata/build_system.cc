#include "installer/specs/metadata/build_system.h"

#include "installer/text/toml_value.h"

namespace ensure::specs {
namespace {

constexpr std::string_view kDefaultRequirement = "setuptools>=40.8.0";
/// It runs `setup.py` with the project's folder on the path, as was always done.
constexpr std::string_view kDefaultBackend = "setuptools.build_meta:__legacy__";

}  // namespace

BuildSystem BuildSystem::parse(std::string_view pyproject) {
  const text::TomlValue value = text::TomlValue::parse(pyproject);
  const text::TomlReader document(value, "pyproject.toml");
  BuildSystem system{{}, std::string(kDefaultBackend), {}};
  if (!document.has("build-system")) {
    system.requirements.push_back(Requirement::parse(kDefaultRequirement));
    return system;
  }
  const text::TomlReader table = document.member("build-system", text::TomlKind::kTable);
  if (!table.has("requires")) table.fail("has no `requires`");
  for (const std::string& text : table.strings("requires")) {
    system.requirements.push_back(Requirement::parse(text));
  }
  if (table.has("build-backend")) system.backend = table.string("build-backend");
  system.backend_path = table.strings("backend-path");
  return system;
}

}  // namespace ensure::specs
