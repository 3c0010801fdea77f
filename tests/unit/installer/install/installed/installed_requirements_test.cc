#include "installer/install/installed/installed_requirements.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "installer/base/text.h"
#include "installer/install/installed/requested_projects.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/growth.h"
#include "tests/support/linux_environment.h"
#include "tests/support/temp_dir.h"
#include "tree.h"

namespace ensure::install {

namespace {

using Texts = std::vector<std::string>;
using tests::linux_environment;

void install(const fs::path& directory, const std::string& name, const Texts& fields = {}) {
  std::string text = "Metadata-Version: 2.1\nName: " + name + "\nVersion: 1.0\n";
  for (const std::string& field : fields) text += field + "\n";
  const fs::path info = directory / (name + "-1.0.dist-info");
  put(info / "METADATA", text + "\nRequires-Dist: this is a description\n");
  put(info / "INSTALLER", "pip\n");
}

InstalledVersions versions(const std::vector<std::pair<std::string, std::string>>& pairs) {
  InstalledVersions all;
  for (const auto& [name, version] : pairs) all.emplace(name, specs::Version::parse(version));
  return all;
}

/// The requirements that break if `name` changes its version; an empty version is a missing
/// project.
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
  const tests::TempDir directory;
  install(directory.path(), "app",
          {"Requires-Dist: Num.Py>=2", "Requires-Dist: not a requirement ("});
  const InstalledRequirements requirements(find_distributions(directory.path()),
                                           linux_environment());
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
  const tests::TempDir directory;
  install(directory.path(), "app",
          {"Requires-Dist: core[fast]", "Requires-Dist: nt>=2; os_name == 'nt'"});
  install(directory.path(), "core",
          {"Requires-Dist: a>=2; extra == 'fast'", "Requires-Dist: b>=2; extra == 'slow'",
           "Requires-Dist: core[faster]; extra == 'fast'", "Requires-Dist: c>=2; extra == 'faster'",
           "Requires-Dist: d @ https://host.test/d.whl"});
  const InstalledRequirements requirements(find_distributions(directory.path()),
                                           linux_environment());
  CHECK(broken(requirements, "a", "2", "1").size() == 1);
  CHECK(broken(requirements, "b", "2", "1").empty());
  CHECK(broken(requirements, "c", "2", "1").size() == 1);
  CHECK(broken(requirements, "d", "2", "1").empty());
  CHECK(broken(requirements, "nt", "2", "1").empty());
}

TEST_CASE("what goes itself cannot be broken", "[install][Conflict]") {
  const tests::TempDir directory;
  install(directory.path(), "app", {"Requires-Dist: a>=2"});
  const InstalledRequirements requirements(find_distributions(directory.path()),
                                           linux_environment());
  CHECK(requirements.conflicts(versions({{"a", "2"}}), versions({{"a", "1"}}), {}).empty());
}

TEST_CASE("a project keeps the requirements that are met or may be", "[install][Conflict]") {
  const tests::TempDir directory;
  install(directory.path(), "app",
          {"Requires-Dist: met>=1; os_name == 'posix'", "Requires-Dist: broken>=2",
           "Requires-Dist: missing>=3"});
  const std::vector<Distribution> found = find_distributions(directory.path());
  const InstalledRequirements requirements(found, linux_environment());
  Texts texts;
  for (const specs::Requirement& kept :
       requirements.kept_by(found.front(), versions({{"met", "1"}, {"broken", "1"}}))) {
    texts.push_back(kept.to_string());
  }
  CHECK(texts == Texts{"met>=1", "missing>=3"});
}

TEST_CASE("a project that is installed twice has the requirements of both", "[install][Conflict]") {
  const tests::TempDir one;
  const tests::TempDir other;
  install(one.path(), "app", {"Requires-Dist: core[a]"});
  install(other.path(), "app", {"Requires-Dist: core[b]"});
  install(one.path(), "core",
          {"Requires-Dist: x>=2; extra == 'a'", "Requires-Dist: y>=2; extra == 'b'"});
  std::vector<Distribution> found = find_distributions(one.path());
  std::ranges::move(find_distributions(other.path()), std::back_inserter(found));
  const InstalledRequirements requirements(found, linux_environment());
  CHECK(broken(requirements, "x", "2", "1").size() == 1);
  CHECK(broken(requirements, "y", "2", "1").size() == 1);
}

TEST_CASE("what was requested is found with its likely extras", "[install][RequestedProject]") {
  const tests::TempDir directory;
  install(directory.path(), "server",
          {"Provides-Extra: standard", "Provides-Extra: all", "Provides-Extra: other",
           "Provides-Extra: none", "Requires-Dist: base",
           "Requires-Dist: fast; extra == 'standard'", "Requires-Dist: fast; extra == 'all'",
           "Requires-Dist: absent; extra == 'all'", "Requires-Dist: base; extra == 'other'"});
  for (const char* name : {"base", "fast", "orphan", "by-address", "by-poetry"}) {
    install(directory.path(), name);
  }
  put(directory / "server-1.0.dist-info/REQUESTED", "");
  put(directory / "by-address-1.0.dist-info/direct_url.json", "{}");
  put(directory / "by-poetry-1.0.dist-info/INSTALLER", "poetry 1.8\n");
  Texts texts;
  for (const RequestedProject& one : find_requested(
           find_installed(directory.path(), directory.path()).projects, linux_environment())) {
    std::string text = one.project.distribution.name.normalized();
    for (const specs::PackageName& extra : one.extras) text += " " + extra.normalized();
    texts.push_back(text);
  }
  std::sort(texts.begin(), texts.end());
  CHECK(texts == Texts{"by-address", "by-poetry", "server standard"});
}

namespace {

std::string number(std::size_t value) { return std::to_string(value); }

/// "core[e0,e1...]"
std::string all_extras(std::size_t count) {
  std::string text = "core[e0";
  for (std::size_t i = 1; i < count; ++i) text += ",e" + number(i);
  return text + "]";
}

/// One field for each number below `count`, the last one first.
Texts fields(std::size_t count, const std::function<std::string(std::size_t)>& field) {
  Texts texts;
  for (std::size_t i = count; i-- > 0;) texts.push_back(field(i));
  return texts;
}

/// `app` with one field, and `core` with many, whose number is the size of the work.
class Hostile {
 public:
  Hostile(const std::string& app, const Texts& core) {
    install(directory_.path(), "app", {"Requires-Dist: " + app});
    install(directory_.path(), "core", core);
    put(directory_ / "core-1.0.dist-info/REQUESTED", "");
  }

  [[nodiscard]] InstalledRequirements requirements() const {
    return {find_distributions(directory_.path()), linux_environment()};
  }
  [[nodiscard]] std::vector<RequestedProject> requested() const {
    return find_requested(find_installed(directory_.path(), directory_.path()).projects,
                          linux_environment());
  }

 private:
  tests::TempDir directory_;
};

/// Each extra needs the next one, and the last one needs `a`.
std::shared_ptr<Hostile> chain_of_extras(std::size_t count) {
  Texts texts{"Requires-Dist: a>=2; extra == 'e" + number(count) + "'"};
  std::ranges::move(fields(count,
                           [](std::size_t i) {
                             return "Requires-Dist: core[e" + number(i + 1) + "]; extra == 'e" +
                                    number(i) + "'";
                           }),
                    std::back_inserter(texts));
  return std::make_shared<Hostile>("core[e0]", texts);
}

/// All extras are needed, and one requirement stands there for each extra.
std::shared_ptr<Hostile> many_extras(std::size_t count, const std::string& requirement) {
  return std::make_shared<Hostile>(all_extras(count), fields(count, [&](std::size_t i) {
                                     return "Provides-Extra: e" + number(i) + "\nRequires-Dist: " +
                                            base::replace_all(requirement, "#", number(i));
                                   }));
}

/// One requirement of all extras, with as many version specifiers.
std::shared_ptr<Hostile> long_requirement(std::size_t count) {
  std::string text = "Requires-Dist: app>=1";
  for (std::size_t i = 0; i < count; ++i) text += ",>=0." + number(i);
  text += "; extra == 'e0'";
  Texts texts{"Provides-Extra: e0"};
  for (std::size_t i = 1; i < count; ++i) {
    text += " or extra == 'e" + number(i) + "'";
    texts.push_back("Provides-Extra: e" + number(i));
  }
  texts.push_back(text);
  return std::make_shared<Hostile>("other", texts);
}

/// How the work of looking for what breaks where `a` changes grows with the number of extras.
double conflict_growth(const std::string& requirement) {
  return tests::growth(500, [&](std::size_t n) {
    return [hostile = many_extras(n, requirement)] {
      (void)broken(hostile->requirements(), "a", "2", "1");
    };
  });
}

double request_growth(std::size_t size,
                      const std::function<std::shared_ptr<Hostile>(std::size_t)>& prepare) {
  return tests::growth(
      size, [&](std::size_t n) { return [hostile = prepare(n)] { (void)hostile->requested(); }; });
}

}  // namespace

TEST_CASE("a long chain of extras is followed once", "[install][Conflict][bounds]") {
  CHECK(broken(chain_of_extras(3'000)->requirements(), "a", "2", "1").size() == 1);
  CHECK(tests::growth(500, [](std::size_t n) {
          return [hostile = chain_of_extras(n)] { (void)hostile->requirements(); };
        }) < tests::kMostGrowth);
}

TEST_CASE("many extras of many requirements take linear time", "[install][Conflict][bounds]") {
  CHECK(conflict_growth("a>=2; extra == 'e#'") < tests::kMostGrowth);
  CHECK(conflict_growth("a>=2; extra == 'none'") < tests::kMostGrowth);
  CHECK(conflict_growth("a>=2; 'none' in extra") < tests::kMostGrowth);
  CHECK(conflict_growth("a[x]>=2; 'none' in extra") < tests::kMostGrowth);
  CHECK(conflict_growth("a[x]>=2; extra != '' and extra != 'e#'") < tests::kMostGrowth);
}

TEST_CASE("a marker that asks for a part of a name counts for a hundred extras",
          "[install][Conflict][bounds]") {
  const std::string requirement = "a>=2; 'e1' in extra";
  CHECK(broken(many_extras(100, requirement)->requirements(), "a", "2", "1").size() == 100);
  CHECK(broken(many_extras(101, requirement)->requirements(), "a", "2", "1").empty());
}

TEST_CASE("the likely extras are found in linear time", "[install][RequestedProject][bounds]") {
  CHECK(request_growth(500, chain_of_extras) < tests::kMostGrowth);
  CHECK(request_growth(500, long_requirement) < tests::kMostGrowth);
  CHECK(request_growth(500, [](std::size_t n) { return many_extras(n, "app; extra == 'e#'"); }) <
        tests::kMostGrowth);
  CHECK(request_growth(500, [](std::size_t n) { return many_extras(n, "app; extra == 'e0'"); }) <
        tests::kMostGrowth);
}

}  // namespace ensure::install
