#include "installer/base/error.h"
#include "installer/specs/metadata/pyproject.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("what a project says of its build", "[specs][BuildSystem]") {
  const BuildSystem system = BuildSystem::parse(
      "[build-system]\nrequires = ['flit_core >=3.2,<4', 'b; python_version<\"3\"']\n"
      "build-backend = 'flit_core.buildapi'\nbackend-path = ['.', 'tools']\n");
  REQUIRE(system.requirements.size() == 2);
  CHECK(system.requirements.front().name.normalized() == "flit-core");
  CHECK(system.requirements.back().marker);
  CHECK(system.backend == "flit_core.buildapi");
  CHECK(system.backend_path == std::vector<std::string>{".", "tools"});
}

TEST_CASE("what is not said is setuptools", "[specs][BuildSystem]") {
  for (const char* const text : {"", "[project]\nname = 'demo'\n"}) {
    const BuildSystem system = BuildSystem::parse(text);
    REQUIRE(system.requirements.size() == 1);
    CHECK(system.requirements.front().name.normalized() == "setuptools");
    CHECK(system.backend == "setuptools.build_meta:__legacy__");
    CHECK(system.backend_path.empty());
  }
  const BuildSystem bare = BuildSystem::parse("[build-system]\nrequires = []\n");
  CHECK(bare.requirements.empty());
  CHECK(bare.backend == "setuptools.build_meta:__legacy__");
}

TEST_CASE("a table that is not as it has to be", "[specs][BuildSystem]") {
  for (const char* const text :
       {"[build-system]\n", "[build-system]\nrequires = 'setuptools'\n",
        "[build-system]\nrequires = ['not a requirement']\n", "[build-system]\nrequires = [1]\n",
        "[build-system]\nrequires = []\nbuild-backend = 1\n", "build-system = 1\n", "["}) {
    CAPTURE(text);
    CHECK_THROWS_AS(BuildSystem::parse(text), base::Error);
  }
}

}  // namespace ensure::specs
