#include "bootstrap/packages/package_planner.h"

#include <map>
#include <string>
#include <vector>

#include "fake_index.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::bootstrap {
namespace {

/// The sources of a test are wheels: it builds none.
class NoBuilder final : public index::SourceBuilder {
 public:
  std::optional<index::FetchedWheel> find_built(const index::SourceFile& /*source*/) override {
    return std::nullopt;
  }
  index::FetchedWheel build(const index::SourceFile& /*source*/) override {
    throw base::Error(base::ExitCode::kFailure, "nothing is built here");
  }
  std::optional<std::string> read_file(const index::SourceFile& /*source*/,
                                       std::string_view /*name*/) override {
    return std::nullopt;
  }
  std::string digest_of(const index::SourceFile& /*source*/) override { return {}; }
  std::string commit_of(const index::SourceFile& /*source*/) override { return {}; }
  bool can_build_offline(const index::SourceFile& /*source*/) override { return false; }
};

/// A planner over a fake index, for a target with installed packages.
struct Fixture {
  tests::FakeHttpClient client;
  tests::TempDir directory;
  tests::FakeIndex index{client};
  Request request;
  RequestedPackages requested;
  InstalledPackages installed;

  void request_packages(const std::vector<std::string>& texts) {
    requested.requirements = tests::requirements(texts);
  }

  /// Installs a package without files.
  void install(const std::string& name, const std::string& version,
               const std::vector<std::string>& requires_dist = {}) {
    const fs::path dist_info = directory / "library" / (name + "-" + version + ".dist-info");
    fs::create_directories(dist_info);
    const base::Directory opened = base::Directory::open(dist_info);
    opened.write_file("METADATA", tests::metadata_text(name, version, requires_dist));
    opened.write_file("RECORD", name + "-" + version + ".dist-info/METADATA,,\n");
    installed.own = install::find_installed(directory / "library", directory / "library");
  }

  PackagePlan plan(const std::vector<std::string>& carried = {}) {
    const specs::TargetPython target = tests::linux_target();
    index::IndexSettings settings;
    settings.indexes = {index.url()};
    const cache::Cache cache = cache::Cache::disabled();
    index::Downloader downloader(client, cache, {});
    NoBuilder builder;
    index::IndexProvider provider(target, settings, client, cache, downloader);
    DirectFiles direct(request.packages, target, downloader, builder, provider);
    PackagePlanner planner({request, request.packages, requested, target, settings, direct},
                           provider);
    return planner.plan(installed, tests::requirements(carried));
  }

  /// The changes of the plan as "+NAME VERSION", "-NAME VERSION", or its error.
  std::string changes(const std::vector<std::string>& carried = {}) {
    std::string text;
    const std::string error = tests::error_in([&] {
      const PackagePlan plan = this->plan(carried);
      for (const PackageReport& package : plan.to_be_installed()) {
        text += "+" + package.name + " " + package.version + " ";
      }
      for (const install::Distribution& removed : plan.changes.removed()) {
        text += "-" + removed.name.normalized() + " " + removed.version.to_string() + " ";
      }
      return 0;
    });
    return error.empty() ? text : error;
  }
};

TEST_CASE("the newest versions are planned with their dependencies", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("demo", "1.0");
  fixture.index.add("demo", "2.0", {"helper"});
  fixture.index.add("helper", "3.0");
  fixture.request_packages({"demo"});
  CHECK(fixture.changes() == "+helper 3.0 +demo 2.0 ");
}

TEST_CASE("an installed version that fits stays", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("demo", "2.0");
  fixture.install("demo", "1.0");
  fixture.request_packages({"demo"});
  CHECK(fixture.changes().empty());
  CHECK(fixture.plan().changes.kept().size() == 1);
  SECTION("unless the request upgrades it") {
    fixture.request.upgrade = true;
    CHECK(fixture.changes() == "+demo 2.0 -demo 1.0 ");
  }
  SECTION("unless the requirement excludes it") {
    fixture.request_packages({"demo>1"});
    CHECK(fixture.changes() == "+demo 2.0 -demo 1.0 ");
  }
}

TEST_CASE("one package is upgraded, and others stay", "[bootstrap][planner]") {
  Fixture fixture;
  for (const char* const name : {"demo", "helper"}) {
    fixture.index.add(name, "2.0");
    fixture.install(name, "1.0");
  }
  fixture.request.packages.upgraded = {specs::PackageName::parse("Helper")};
  fixture.request_packages({"demo", "helper"});
  CHECK(fixture.changes() == "+helper 2.0 -helper 1.0 ");
}

TEST_CASE("a package is removed unless another one needs it", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.install("demo", "1.0", {"helper"});
  fixture.install("helper", "1.0");
  fixture.request.packages.removed = {specs::PackageName::parse("helper"),
                                      specs::PackageName::parse("absent")};
  const std::string refusal = fixture.changes();
  CHECK(refusal.starts_with("4: "));
  SECTION("which goes as well") {
    fixture.request.packages.removed.push_back(specs::PackageName::parse("demo"));
    CHECK(fixture.changes() == "-demo 1.0 -helper 1.0 ");
  }
  SECTION("or conflicts are allowed") {
    fixture.request.packages.allow_conflicts = true;
    CHECK(fixture.changes() == "-helper 1.0 ");
  }
  SECTION("or the request itself") {
    fixture.request_packages({"helper"});
    CHECK(fixture.changes().find("the request needs it") != std::string::npos);
  }
}

TEST_CASE("the requirements of installed packages bound the choice", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("helper", "1.0");
  fixture.index.add("helper", "1.5");
  fixture.index.add("helper", "2.0");
  fixture.install("demo", "1.0", {"helper<2"});
  fixture.install("helper", "1.0");
  fixture.request.upgrade = true;
  fixture.request_packages({"helper"});
  CHECK(fixture.changes() == "+helper 1.5 -helper 1.0 ");
}

TEST_CASE("a request that breaks an installed package is refused", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("helper", "2.0");
  fixture.install("demo", "1.0", {"helper<2"});
  fixture.install("helper", "1.0");
  fixture.request_packages({"helper>=2"});
  CHECK(fixture.changes().starts_with("4: "));
  SECTION("unless conflicts are allowed, which are reported") {
    fixture.request.packages.allow_conflicts = true;
    const PackagePlan plan = fixture.plan();
    REQUIRE(plan.conflicts.size() == 1);
    CHECK(plan.conflicts.front().name == "demo");
    CHECK(plan.conflicts.front().found == "2.0");
    CHECK_FALSE(plan.warnings.empty());
  }
  SECTION("unless `--sync` removes the package") {
    fixture.request.packages.sync = true;
    CHECK(fixture.changes() == "+helper 2.0 -helper 1.0 -demo 1.0 ");
  }
}

TEST_CASE("`--sync` keeps pip", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("demo", "1.0");
  fixture.install("pip", "24.0");
  fixture.install("old", "1.0");
  fixture.installed.pip = specs::Version::parse("24.0");
  fixture.request.packages.sync = true;
  fixture.request_packages({"demo"});
  CHECK(fixture.changes() == "+demo 1.0 -old 1.0 ");
}

TEST_CASE("a requested pip replaces the bundled one", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.index.add("pip", "24.0");
  fixture.index.add("pip", "25.0");
  fixture.installed.pip = specs::Version::parse("24.0");
  fixture.request_packages({"pip"});
  CHECK_FALSE(fixture.plan().has_pip);
  fixture.request_packages({"pip>24"});
  CHECK(fixture.plan().has_pip);
  CHECK(fixture.changes() == "+pip 25.0 ");
}

TEST_CASE("packages of the interpreter count as installed and stay", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.install("demo", "1.0");
  fixture.installed.system_site_packages = std::move(fixture.installed.own);
  fixture.installed.own = {};
  fixture.index.add("demo", "2.0");
  fixture.request_packages({"demo"});
  CHECK(fixture.changes().empty());
  fixture.request_packages({"demo>1"});
  CHECK(fixture.changes() == "+demo 2.0 ");
}

TEST_CASE("carried packages keep their versions unless they are requested",
          "[bootstrap][planner]") {
  Fixture fixture;
  for (const char* name : {"carried", "named"}) {
    fixture.index.add(name, "1.0");
    fixture.index.add(name, "2.0");
    fixture.installed.carried.versions.push_back(
        {specs::PackageName::parse(name), specs::Version::parse("1.0"), false});
  }
  fixture.request_packages({"named"});
  CHECK(fixture.changes({"carried"}) == "+carried 1.0 +named 2.0 ");
}

TEST_CASE("a lock cannot be combined with other requirements", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.requested.locks.push_back(
      {specs::LockFile::parse("lock-version = '1.0'\ncreated-by = 'test'\npackages = []\n"),
       {},
       ""});
  fixture.request_packages({"demo"});
  CHECK(fixture.changes().starts_with("2: "));
}

TEST_CASE("nothing is asked for what is installed", "[bootstrap][planner]") {
  Fixture fixture;
  fixture.install("demo", "1.0", {"helper"});
  fixture.install("helper", "1.0");
  fixture.request_packages({"demo==1.0"});
  CHECK(fixture.changes().empty());
  CHECK(fixture.client.times_asked(fixture.index.file_url("demo-1.0-py3-none-any.whl")) == 0);
}

}  // namespace
}  // namespace ensure::bootstrap
