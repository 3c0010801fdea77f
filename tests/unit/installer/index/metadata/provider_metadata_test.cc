#include <memory>

#include "installer/base/error.h"
#include "installer/index/metadata/sdist_source.h"
#include "installer/wheel/wheel_archive.h"
#include "provider_case.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

/// Builds wheels of `demo` that depend on `other`, and notes what it is asked.
class FakeBuilder final : public SourceBuilder {
 public:
  std::optional<FetchedWheel> find_built(const SourceFile& source) override {
    return has_built ? std::optional(wheel_of(source)) : std::nullopt;
  }
  FetchedWheel build(const SourceFile& source) override {
    heard += "build " + source.request.filename + '\n';
    return wheel_of(source);
  }
  std::optional<std::string> read_file(const SourceFile& source, std::string_view name) override {
    heard += "read " + source.request.filename + ' ' + std::string(name) + '\n';
    if (is_hostile)
      throw RefusedSource(base::Error(base::ExitCode::kVerification, "it is hostile"));
    return pkg_info;
  }
  std::string digest_of(const SourceFile& /*source*/) override { return {}; }
  std::string commit_of(const SourceFile& /*source*/) override { return {}; }
  bool can_build_offline(const SourceFile& /*source*/) override { return false; }

  static FetchedWheel wheel_of(const SourceFile& source) {
    const auto archive = std::make_shared<const wheel::WheelArchive>(wheel::WheelArchive::own(
        "demo-1.0-py3-none-any.whl", tests::wheel_bytes("demo", "1.0", {"other"})));
    return {.request = source.request, .source = archive, .archive = archive};
  }

  bool has_built = false;
  bool is_hostile = false;
  std::optional<std::string> pkg_info;
  std::string heard;
};

/// An index with a source distribution of `demo`, and with `other`.
struct SourceFixture : Fixture {
  SourceFixture() {
    settings.build_sdists = true;
    first.add("other", "1.0");
  }

  std::string solve_demo(tests::FakeFile file = {.filename = "demo-1.0.tar.gz", .body = "source"}) {
    first.add("demo", std::move(file));
    return solve({"demo"},
                 [this](IndexProvider& provider) { provider.set_source_builder(builder); });
  }

  FakeBuilder builder;
};

const std::string kBuilt = kFirst + "other-1.0-py3-none-any.whl " + kFirst + "demo-1.0.tar.gz ";

TEST_CASE("source distributions take a builder", "[index][IndexProvider]") {
  Fixture fixture;
  fixture.first.add("demo", tests::FakeFile{.filename = "demo-1.0.tar.gz", .body = "source"});
  fixture.settings.build_sdists = true;
  CHECK(fixture.solve({"demo"}) == "no solution: demo has only a source distribution\n");
}

TEST_CASE("metadata that may change are known by a build", "[index][IndexProvider]") {
  SourceFixture fixture;
  SECTION("none") {}
  SECTION("old ones") {
    fixture.builder.pkg_info = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
  }
  SECTION("dynamic ones") {
    fixture.builder.pkg_info =
        "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nDynamic: Requires-Dist\n";
  }
  CHECK(fixture.solve_demo() == kBuilt);
  CHECK(fixture.builder.heard == "read demo-1.0.tar.gz PKG-INFO\nbuild demo-1.0.tar.gz\n");
}

TEST_CASE("metadata that are promised need no build", "[index][IndexProvider]") {
  SourceFixture fixture;
  const std::string promise =
      "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nRequires-Dist: other\nDynamic: Author\n";
  SECTION("in the archive") {
    fixture.builder.pkg_info = promise;
    CHECK(fixture.solve_demo() == kBuilt);
    CHECK(fixture.builder.heard == "read demo-1.0.tar.gz PKG-INFO\n");
  }
  SECTION("beside it") {
    CHECK(fixture.solve_demo({.filename = "demo-1.0.tar.gz",
                              .body = "source",
                              .metadata = promise,
                              .announces_metadata = true}) == kBuilt);
    CHECK(fixture.builder.heard.empty());
  }
  SECTION("in a wheel that was built before") {
    fixture.builder.has_built = true;
    CHECK(fixture.solve_demo() == kBuilt);
    CHECK(fixture.builder.heard.empty());
  }
}

TEST_CASE("metadata of sources are remembered", "[index][IndexProvider]") {
  SourceFixture fixture;
  CHECK(fixture.solve_demo() == kBuilt);
  fixture.builder.heard.clear();
  CHECK(fixture.solve({"demo"}, [&](IndexProvider& provider) {
    provider.set_source_builder(fixture.builder);
  }) == kBuilt);
  CHECK(fixture.builder.heard.empty());
}

TEST_CASE("a hostile archive makes its version unusable", "[index][IndexProvider]") {
  SourceFixture fixture;
  fixture.builder.is_hostile = true;
  CHECK(fixture.solve_demo().starts_with("no solution"));
  REQUIRE(fixture.refusal);
  CHECK(fixture.refusal->exit_code() == base::ExitCode::kVerification);
  CHECK(fixture.refusal->message().ends_with("cannot be used: it is hostile"));
}

TEST_CASE("wheels come before source distributions, unless they are not wanted",
          "[index][IndexProvider]") {
  SourceFixture fixture;
  fixture.first.add("demo", "1.0");
  SECTION("before") {
    CHECK(fixture.solve_demo() == kFirst + "demo-1.0-py3-none-any.whl ");
    CHECK(fixture.builder.heard.empty());
  }
  SECTION("not wanted") {
    fixture.settings.build_sdists = false;
    fixture.settings.formats.add_no_binary("demo");
    CHECK(fixture.solve_demo() == kBuilt);
  }
}

}  // namespace
}  // namespace ensure::index
