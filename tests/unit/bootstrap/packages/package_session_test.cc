#include "bootstrap/packages/package_session.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/report/progress.h"
#include "bundled/pack/payload_writer.h"
#include "fake_index.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"
#include "tests/support/temp_dir.h"

namespace ensure::bootstrap {
namespace {

/// A session whose clients reach one fake index.
struct Fixture {
  std::string payload = bundled::write_payload(bundled::sample_wheels(), {.level = 1}).bytes;
  bundled::Bundle bundle{payload};
  tests::TempDir directory;
  StepListener progress{false, std::nullopt};
  Request request;
  std::function<void(tests::FakeIndex&)> fill = [](tests::FakeIndex& /*index*/) {};
  std::size_t clients = 0;

  Fixture() {
    request.quiet = true;
    request.packages.index_url = "https://index.test/simple/";
    request.packages.no_cache = true;
  }

  std::unique_ptr<PackageSession> session() {
    const auto new_client = [this](const PackageRequest& /*packages*/) {
      ++clients;
      auto client = std::make_unique<tests::FakeHttpClient>();
      tests::FakeIndex index(*client);
      fill(index);
      return client;
    };
    return std::make_unique<PackageSession>(request, bundle, tests::linux_target(), BuildPlace{},
                                            new_client, progress);
  }

  /// The exit code, message and contexts of the error of a plan.
  std::string refusal(const InstalledPackages& installed) {
    try {
      (void)session()->plan(installed);
    } catch (const base::Error& error) {
      std::string text =
          std::to_string(static_cast<int>(error.exit_code())) + ": " + error.message();
      for (const std::string& context : error.contexts()) text += "\n" + context;
      return text;
    }
    return {};
  }
};

/// A package of the old Python that the new one has to get.
CarriedPackages carried(const std::string& name) {
  CarriedPackages packages;
  packages.requirements = tests::requirements({name});
  packages.installed.push_back({.name = specs::PackageName::parse(name),
                                .version = specs::Version::parse("1.0"),
                                .site_packages = {},
                                .dist_info = {}});
  packages.environment = "/env";
  packages.python = "3.12.1";
  return packages;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a session plans, fetches and writes packages", "[bootstrap][PackageSession]") {
  Fixture fixture;
  fixture.fill = [](tests::FakeIndex& index) {
    index.add("demo", "1.0");
    index.add("demo", "2.0");
  };
  fixture.request.packages.words = {"demo"};
  const auto session = fixture.session();
  const PackagePlan plan = session->plan({});
  REQUIRE(plan.chosen.size() == 1);

  const base::Directory staged = base::Directory::open(fixture.directory.path());
  specs::Layout layout;
  layout.scheme = {.purelib = "/env/lib",
                   .platlib = "/env/lib",
                   .scripts = "/env/bin",
                   .data = "/env",
                   .headers = "/env/include"};
  layout.executable = "/env/bin/python";
  layout.python_major = 3;
  layout.python_minor = 12;
  install::WheelDestination destination;
  destination.map("/env", staged);
  const std::vector<PackageReport> reports =
      session->install(plan, layout, destination,
                       {.owner = "the target", .files = {}, .links = {}, .staged = {}}, {});
  REQUIRE(reports.size() == 1);
  for (const PackageReport& report : reports) {
    CHECK(report.version == "2.0");
    CHECK(report.verified);
    CHECK(report.source.starts_with("https://index.test/"));
    CHECK(base::file_status(fixture.directory / "lib" /
                            (report.name + "-" + report.version + ".dist-info/RECORD")));
  }
}

TEST_CASE("options of requirements files count for the main client",
          "[bootstrap][PackageSession]") {
  Fixture fixture;
  fixture.request.packages.index_url.reset();
  const base::Directory directory = base::Directory::open(fixture.directory.path());
  directory.write_file("requirements.txt", "-i https://index.test/simple/\ndemo==1.0\n");
  fixture.request.packages.files = {(fixture.directory / "requirements.txt").text()};
  fixture.fill = [](tests::FakeIndex& index) {
    index.add("demo", "1.0");
    index.add("demo", "2.0");
  };
  const PackagePlan plan = fixture.session()->plan({});
  REQUIRE(plan.chosen.size() == 1);
  CHECK(plan.chosen.front().project.version.to_string() == "1.0");
  CHECK(fixture.clients == 2);
}

TEST_CASE("packages that come along are planned with the request", "[bootstrap][PackageSession]") {
  Fixture fixture;
  fixture.fill = [](tests::FakeIndex& index) {
    index.add("demo", "1.0");
    index.add("old", "1.0");
  };
  fixture.request.packages.words = {"demo"};
  InstalledPackages installed;
  installed.carried = carried("old");
  CHECK(fixture.session()->plan(installed).chosen.size() == 2);
}

TEST_CASE("packages that cannot come along are listed", "[bootstrap][PackageSession]") {
  Fixture fixture;
  fixture.fill = [](tests::FakeIndex& index) { index.add("demo", "1.0"); };
  InstalledPackages installed;
  installed.carried = carried("old");
  const std::string refusal = fixture.refusal(installed);
  CHECK(refusal.starts_with("8: "));
  CHECK(contains(refusal, "`/env`"));
  CHECK(contains(refusal, "these would be lost: old 1.0"));

  installed.carried.left = {{specs::PackageName::parse("linked"), "is editable"}};
  CHECK(contains(fixture.refusal(installed), "`linked` is editable"));
}

TEST_CASE("if the request alone fails, that is the error", "[bootstrap][PackageSession]") {
  Fixture fixture;
  fixture.fill = [](tests::FakeIndex& index) { index.add("old", "1.0"); };
  fixture.request.packages.words = {"missing"};
  InstalledPackages installed;
  installed.carried = carried("old");
  const std::string refusal = fixture.refusal(installed);
  CHECK(refusal.starts_with("4: "));
  CHECK_FALSE(contains(refusal, "lost"));
}

}  // namespace
}  // namespace ensure::bootstrap
