#include "installer/install/installed_requirements.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "installer/install/requested_projects.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

specs::MarkerEnvironment linux_312() {
  return {.implementation_name = "cpython",
          .implementation_version = "3.12.1",
          .os_name = "posix",
          .platform_machine = "x86_64",
          .platform_python_implementation = "CPython",
          .platform_release = {},
          .platform_system = "Linux",
          .platform_version = {},
          .python_full_version = "3.12.1",
          .python_version = "3.12",
          .sys_platform = "linux"};
}

void install(const fs::path& folder, const std::string& name, const Texts& fields = {}) {
  std::string text = "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n";
  for (const std::string& field : fields) text += field + "\n";
  const fs::path info = folder / (name + "-1.0.dist-info");
  put(info / "METADATA", text + "\nRequires-Dist: this is a description\n");
  put(info / "INSTALLER", "pip\n");
}

InstalledVersions versions(const std::vector<std::pair<std::string, std::string>>& pairs) {
  InstalledVersions all;
  for (const auto& [name, version] : pairs) all.emplace(name, specs::Version::parse(version));
  return all;
}

/// What breaks where `name` goes from one version to another; empty for a project that is missing.
Texts broken(const InstalledRequirements& requirements, const std::string& name,
             const std::string& from, const std::string& to) {
  InstalledVersions before = versions({{"app", "1.0"}, {"core", "1.0"}});
  InstalledVersions after = before;
  if (!from.empty()) before.emplace(name, specs::Version::parse(from));
  if (!to.empty()) after.emplace(name, specs::Version::parse(to));
  Texts texts;
  for (const Conflict& conflict : requirements.conflicts(before, after, {"app", "core"})) {
    texts.push_back(conflict.dependent.name.normalized() + ": " + conflict.requirement.to_string());
  }
  return texts;
}

}  // namespace

TEST_CASE("a change breaks what held before and holds no more", "[install][Conflict]") {
  const tests::TempDir folder;
  install(folder.path(), "app", {"Requires-Dist: Num.Py>=2", "Requires-Dist: not a requirement ("});
  const InstalledRequirements requirements(find_distributions(folder.path()), linux_312());
  CHECK(broken(requirements, "num-py", "2.0", "1.0") == Texts{"app: Num.Py>=2"});
  CHECK(broken(requirements, "num-py", "2.0", "").size() == 1);
  CHECK(broken(requirements, "num-py", "", "1.0").size() == 1);
  CHECK(broken(requirements, "num-py", "2.0", "2.1rc1").empty());
  CHECK(broken(requirements, "num-py", "1.0", "1.5").empty());
  CHECK(broken(requirements, "num-py", "1.0", "1.0").empty());
  CHECK(broken(requirements, "num-py", "1.0", "").empty());
  CHECK(broken(requirements, "other", "2.0", "1.0").empty());
}

TEST_CASE("only requirements that count here can break", "[install][Conflict]") {
  const tests::TempDir folder;
  install(folder.path(), "app",
          {"Requires-Dist: core[fast]", "Requires-Dist: nt>=2; os_name == 'nt'"});
  install(folder.path(), "core",
          {"Requires-Dist: a>=2; extra == 'fast'", "Requires-Dist: b>=2; extra == 'slow'",
           "Requires-Dist: core[faster]; extra == 'fast'", "Requires-Dist: c>=2; extra == 'faster'",
           "Requires-Dist: d @ https://host.test/d.whl"});
  const InstalledRequirements requirements(find_distributions(folder.path()), linux_312());
  CHECK(broken(requirements, "a", "2", "1").size() == 1);
  CHECK(broken(requirements, "b", "2", "1").empty());
  CHECK(broken(requirements, "c", "2", "1").size() == 1);
  CHECK(broken(requirements, "d", "2", "1").empty());
  CHECK(broken(requirements, "nt", "2", "1").empty());
}

TEST_CASE("what goes itself cannot be broken", "[install][Conflict]") {
  const tests::TempDir folder;
  install(folder.path(), "app", {"Requires-Dist: a>=2"});
  const InstalledRequirements requirements(find_distributions(folder.path()), linux_312());
  CHECK(requirements.conflicts(versions({{"a", "2"}}), versions({{"a", "1"}}), {}).empty());
}

TEST_CASE("a project keeps the requirements that are met or may be", "[install][Conflict]") {
  const tests::TempDir folder;
  install(folder.path(), "app",
          {"Requires-Dist: met>=1; os_name == 'posix'", "Requires-Dist: broken>=2",
           "Requires-Dist: missing>=3"});
  const std::vector<Distribution> found = find_distributions(folder.path());
  const InstalledRequirements requirements(found, linux_312());
  Texts texts;
  for (const specs::Requirement& kept :
       requirements.kept_by(found.front(), versions({{"met", "1"}, {"broken", "1"}}))) {
    texts.push_back(kept.to_string());
  }
  CHECK(texts == Texts{"met>=1", "missing>=3"});
}

TEST_CASE("what was requested is found with its likely extras", "[install][RequestedProject]") {
  const tests::TempDir folder;
  install(folder.path(), "server",
          {"Provides-Extra: standard", "Provides-Extra: all", "Provides-Extra: other",
           "Provides-Extra: none", "Requires-Dist: base",
           "Requires-Dist: fast; extra == 'standard'", "Requires-Dist: fast; extra == 'all'",
           "Requires-Dist: absent; extra == 'all'", "Requires-Dist: base; extra == 'other'"});
  for (const char* name : {"base", "fast", "orphan", "by-address", "by-poetry"}) {
    install(folder.path(), name);
  }
  put(folder / "server-1.0.dist-info/REQUESTED", "");
  put(folder / "by-address-1.0.dist-info/direct_url.json", "{}");
  put(folder / "by-poetry-1.0.dist-info/INSTALLER", "poetry 1.8\n");
  Texts texts;
  for (const RequestedProject& one :
       find_requested(find_installed(folder.path(), folder.path()).projects, linux_312())) {
    std::string text = one.project.distribution.name.normalized();
    for (const specs::PackageName& extra : one.extras) text += " " + extra.normalized();
    texts.push_back(text);
  }
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Texts{"by-address", "by-poetry", "server standard"});
}

}  // namespace ensure::install
