#include "bootstrap/packages/requested_packages.h"

#include <map>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

using namespace ensure::bootstrap;
using ensure::base::Error;
using ensure::base::ExitCode;

namespace {

RequestedPackages read(PackageRequest& request,
                       const std::map<std::string, std::string>& files = {}) {
  return read_requested_packages(request, [&](const std::string& location, NamedBy) {
    const auto found = files.find(location);
    if (found == files.end()) throw Error(ExitCode::kFileSystem, "no `" + location + "`");
    return found->second;
  });
}

std::vector<std::string> texts(const std::vector<ensure::specs::Requirement>& requirements) {
  std::vector<std::string> result;
  for (const ensure::specs::Requirement& requirement : requirements) {
    result.push_back(requirement.to_string());
  }
  return result;
}

}  // namespace

TEST_CASE("Requirements come from words, files and groups", "[bootstrap][requested_packages]") {
  PackageRequest request;
  request.words = {"one>=1"};
  request.files = {"requirements.txt", "pyproject.toml[more]", "script.py"};
  request.constraint_files = {"bounds.txt"};
  request.groups = {"other.toml:test"};
  const RequestedPackages wanted =
      read(request, {{"requirements.txt", "two==2\n"},
                     {"bounds.txt", "one<9\n"},
                     {"pyproject.toml",
                      "[project]\nname='x'\nversion='1'\ndependencies=['three']\n"
                      "[project.optional-dependencies]\nmore=['four']\n"},
                     {"other.toml", "[dependency-groups]\ntest=['five']\n"},
                     {"script.py", "# /// script\n# dependencies = ['six']\n# ///\n"}});
  CHECK(texts(wanted.requirements) ==
        std::vector<std::string>{"one>=1", "three", "four", "six", "two==2", "five"});
  CHECK(texts(wanted.constraints) == std::vector<std::string>{"one<9"});
}

TEST_CASE("all unreadable inputs are reported in one error", "[bootstrap][requested_packages]") {
  PackageRequest request;
  request.words = {"good", "bad one", "worse=="};
  request.files = {"requirements.txt"};
  request.groups = {"other.toml:none"};
  try {
    (void)read(request, {{"requirements.txt", "fine\n===\nbad two\n"},
                         {"other.toml", "[dependency-groups]\ntest=['five']\n"}});
    FAIL("it was read");
  } catch (const Error& error) {
    CHECK(error.exit_code() == ExitCode::kUsage);
    for (const char* part :
         {"bad one", "worse==", "requirements.txt:2", "requirements.txt:3", "none"}) {
      INFO(part);
      CHECK(error.message().find(part) != std::string::npos);
    }
  }
}

TEST_CASE("Options of a requirements file are weaker", "[bootstrap][requested_packages]") {
  PackageRequest request;
  request.index_url = "https://mine.test/simple";
  request.files = {"requirements.txt"};
  (void)read(request, {{"requirements.txt",
                        "-i https://theirs.test/simple\n--extra-index-url https://more.test/\n"
                        "--pre\n--no-binary demo\n"}});
  CHECK(request.index_url == "https://mine.test/simple");
  CHECK(request.extra_index_urls == std::vector<std::string>{"https://more.test/"});
  CHECK(request.pre);
  CHECK_FALSE(request.formats.allows_wheel(ensure::specs::PackageName::parse("demo")));
}

TEST_CASE("Wheels by path and URL are files", "[bootstrap][requested_packages]") {
  PackageRequest request;
  request.words = {"/there/demo-1.0-py3-none-any.whl",
                   "demo @ https://host.test/demo-1.0-py3-none-any.whl"};
  const RequestedPackages wanted = read(request);
  REQUIRE(wanted.files.size() == 2);
  CHECK(wanted.files[0].url == "file:///there/demo-1.0-py3-none-any.whl");
  CHECK_FALSE(wanted.files[0].named);
  CHECK(wanted.files[1].url == "https://host.test/demo-1.0-py3-none-any.whl");
  REQUIRE(wanted.files[1].named);
  CHECK(wanted.requirements.empty());
}

TEST_CASE("Editable projects and repositories are files", "[bootstrap][requested_packages]") {
  PackageRequest request;
  request.words = {"demo @ git+https://host.test/demo@v1"};
  request.files = {"requirements.txt"};
  request.editables = {"/here[x]"};
  const RequestedPackages wanted = read(request, {{"requirements.txt", "-e /there\n"}});
  REQUIRE(wanted.files.size() == 3);
  CHECK(wanted.files[0].url == "file:///here");
  CHECK(wanted.files[0].editable);
  CHECK(wanted.files[0].extras.size() == 1);
  CHECK(wanted.files[1].url == "git+https://host.test/demo@v1");
  CHECK_FALSE(wanted.files[1].editable);
  CHECK(wanted.files[2].url == "file:///there");
  CHECK(wanted.files[2].editable);
}

TEST_CASE("What cannot be installed is refused", "[bootstrap][requested_packages]") {
  PackageRequest request;
  SECTION("another version control") { request.words = {"demo @ hg+https://host.test/demo"}; }
  SECTION("another scheme of git") { request.words = {"git+git://host.test/demo"}; }
  SECTION("an option as revision") { request.words = {"git+https://host.test/demo@--upload"}; }
  SECTION("an editable repository") { request.editables = {"git+https://host.test/demo"}; }
  SECTION("a repository of this machine, named by a file from the web") {
    request.files = {"https://host.test/requirements.txt"};
  }
  try {
    (void)read(request, {{"https://host.test/requirements.txt", "git+file:///demo\n"}});
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(error.exit_code() == ExitCode::kUsage);
    CHECK_FALSE(error.hints().empty());
  }
}
