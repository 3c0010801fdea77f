#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "conformance_values.h"
#include "installer/base/error.h"
#include "installer/specs/locks/lock_file.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"

namespace ensure::specs {
namespace {

using nlohmann::json;
using tests::conformance_document;
using tests::walk_conformance;

std::vector<std::string> texts_of(const json& list) { return list.get<std::vector<std::string>>(); }

/// What the data call what is installed: the name of a file, or a kind.
std::string shown(const SelectedPackage& selected) {
  switch (selected.source) {
    case LockedSource::kDirectory:
      return "directory";
    case LockedSource::kArchive:
      return "archive";
    case LockedSource::kRepository:
      return "vcs";
    default:
      return selected.file->filename;
  }
}

/// In the form of the data: what is installed, "invalid" or "refuse".
json answer(const json& row, const TargetPython& target) {
  std::optional<LockFile> lock;
  try {
    lock = LockFile::parse(text_of(row["toml"]));
  } catch (const base::Error& error) {
    CHECK_FALSE(error.hints().empty());
    return "invalid";
  }
  LockRequest request;
  if (row.contains("extras")) request.extras = texts_of(row["extras"]);
  if (row.contains("groups")) request.groups = texts_of(row["groups"]);
  try {
    json packages = json::array();
    for (const SelectedPackage& selected : select_packages(*lock, target, request)) {
      const std::optional<Version>& version = selected.package->version;
      packages.push_back({selected.package->name.normalized(),
                          version ? json(version->to_string()) : json(), shown(selected)});
    }
    return packages;
  } catch (const base::Error& error) {
    CHECK_FALSE(error.hints().empty());
    return "refuse";
  }
}

void check_cases(const std::string& list, const std::string& document) {
  const json environments =
      json::parse(conformance_document("pep508_markers.json"))["environments"];
  const json tag_sets = json::parse(conformance_document("tags.json"))["environments"];
  const json names = json::parse(document)["meta"]["tag_environments"];
  for (const json& row : json::parse(list)) {
    if (row.value("contested", false)) continue;
    INFO(row.dump());
    const std::string name = text_of(row["environment"]);
    const TargetPython target(environment_of(environments[name]),
                              tags_of(tag_sets[text_of(names[name])]));
    CHECK(answer(row, target) == row["expected"]);
  }
}

}  // namespace

TEST_CASE("locks are read and selected from as by the reference implementation",
          "[specs][LockFile]") {
  walk_conformance("pylock_cases", {{"cases", check_cases}});
}

}  // namespace ensure::specs
