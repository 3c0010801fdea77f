#include <set>
#include <string>
#include <utility>
#include <vector>

#include "installer/install/installed/requested_projects.h"
#include "tests/support/catch.h"
#include "tests/support/linux_environment.h"

namespace ensure::install {

namespace {

using Texts = std::vector<std::string>;

std::vector<specs::Requirement> requirements(const Texts& texts) {
  std::vector<specs::Requirement> parsed;
  for (const std::string& text : texts) parsed.push_back(specs::Requirement::parse(text));
  return parsed;
}

std::vector<specs::PackageName> names(const Texts& texts) {
  std::vector<specs::PackageName> parsed;
  for (const std::string& text : texts) parsed.push_back(specs::PackageName::parse(text));
  return parsed;
}

class Graph {
 public:
  explicit Graph(const std::vector<std::pair<std::string, Texts>>& projects)
      : graph_(parse(projects), environment_) {}

  RequirementGraph* operator->() { return &graph_; }
  const RequirementGraph* operator->() const { return &graph_; }

  /// "a b[x,y]"
  [[nodiscard]] std::string needed(const Texts& projects) const {
    const auto extras = graph_.needed_extras();
    std::string text;
    for (const std::string& project : projects) {
      if (!graph_.is_needed(project)) continue;
      text += (text.empty() ? "" : " ") + project;
      const auto found = extras.find(project);
      if (found == extras.end()) continue;
      char before = '[';
      for (const std::string& extra : found->second) {
        text += std::exchange(before, ',') + extra;
      }
      text += ']';
    }
    return text;
  }

 private:
  static RequirementGraph::Requirements parse(
      const std::vector<std::pair<std::string, Texts>>& projects) {
    RequirementGraph::Requirements all;
    for (const auto& [name, texts] : projects) all.emplace(name, requirements(texts));
    return all;
  }

  specs::MarkerEnvironment environment_ = tests::linux_environment();
  RequirementGraph graph_;
};

}  // namespace

TEST_CASE("requirements are followed to the last", "[install][RequirementGraph]") {
  Graph graph({{"a", {"b", "missing", "nt; os_name == 'nt'"}},
               {"b", {"C.c"}},
               {"c-c", {"a"}},
               {"nt", {}},
               {"other", {"a"}}});
  CHECK(graph.needed({"a", "b", "c-c", "missing", "nt", "other"}).empty());
  graph->need("missing", {});
  graph->need("a", {});
  CHECK(graph.needed({"a", "b", "c-c", "missing", "nt", "other"}) == "a b c-c");
}

TEST_CASE("an extra may need other extras", "[install][RequirementGraph]") {
  Graph graph({{"a", {"b[One]", "x; extra == 'all'", "b[three]; extra == 'all'"}},
               {"b", {"b[two]; extra == 'one'", "y; extra == 'two'", "z; extra == 'three'"}},
               {"x", {}},
               {"y", {}},
               {"z", {}}});
  graph->need("a", {});
  CHECK(graph.needed({"a", "b", "x", "y", "z"}) == "a b[one,two] y");
  graph->need("a", names({"all", "absent"}));
  CHECK(graph.needed({"a", "b", "x", "y", "z"}) == "a[absent,all] b[one,three,two] x y z");
}

TEST_CASE("markers may speak of extras that they do not name", "[install][RequirementGraph]") {
  Graph graph(
      {{"a", {"b; extra != '' and extra != 'x'", "c; 'ee' in extra"}}, {"b", {}}, {"c", {}}});
  graph->need("a", names({"x"}));
  CHECK(graph.needed({"b", "c"}).empty());
  graph->need("a", names({"tree"}));
  CHECK(graph.needed({"b", "c"}) == "b c");
}

TEST_CASE("the requirements of an extra are those that need it", "[install][RequirementGraph]") {
  const Graph graph({{"a", {"b", "c; extra == 'X'", "d; extra == 'x' or os_name == 'posix'"}}});
  const auto found = graph->requirements_of_extra("a", specs::PackageName::parse("x"));
  REQUIRE(found.size() == 1);
  CHECK(found.front()->name.normalized() == "c");
}

}  // namespace ensure::install
