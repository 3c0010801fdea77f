#include "installer/specs/locks/lock_file.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"
#include "tests/support/linux_environment.h"

namespace ensure::specs {
namespace {

const std::string kHead = "lock-version = '1.0'\ncreated-by = 'x'\n";
const std::string kHashes = "hashes = {sha256 = 'aa'}";

std::string package(const std::string& name, const std::string& more) {
  return "[[packages]]\nname = '" + name + "'\n" + more + "\n";
}

std::string wheel(const std::string& filename) {
  return "{url = 'https://x.test/" + filename + "', " + kHashes + "}";
}

std::string refusal(const std::string& text) {
  try {
    (void)LockFile::parse(text);
    return "";
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kUsage);
    CHECK_FALSE(error.hints().empty());
    return error.message();
  }
}

TargetPython target() {
  return {tests::linux_environment(), {"cp", 3, 12, {"cp312"}, {"linux_x86_64"}}};
}

}  // namespace

TEST_CASE("the parts of a lock file", "[specs][LockFile]") {
  const LockFile lock = LockFile::parse(
      "lock-version = '1.1'\ncreated-by = 'x'\nrequires-python = '>=3.9'\nextras = ['a']\n"
      "environments = [\"os_name == 'posix'\"]\ndependency-groups = ['g']\ndefault-groups = "
      "['d']\n" +
      package("one",
              "version = '1.0+l'\nmarker = \"'a' in extras\"\nindex = 'https://x.test/simple'\n"
              "dependencies = [{name = 'two'}]\nattestation-identities = [{kind = 'k'}]\n"
              "sdist = {path = 'dist\\one-1.0+l.tar.gz', " +
                  kHashes +
                  "}\n"
                  "wheels = [{url = 'https://x.test/one-1.0%2Bl-py3-none-any.whl?q#f', size = 5,"
                  " upload-time = 2024-05-17T12:34:56.5+02:00, " +
                  kHashes + "}]") +
      package("two", "vcs = {type = 'git', url = 'u', commit-id = 'c', requested-revision = 'r'}") +
      package("three", "archive = {path = 'a.zip', subdirectory = 's', " + kHashes + "}") +
      package("four", "directory = {path = '.', editable = true}"));
  REQUIRE(lock.packages.size() == 4);
  CHECK(lock.extras.size() == 1);
  CHECK(lock.environments->size() == 1);
  CHECK(lock.default_groups == std::vector<std::string>{"d"});
  const LockedPackage& one = lock.packages[0];
  CHECK(one.sdist->filename == "one-1.0+l.tar.gz");
  CHECK(one.wheels[0].filename == "one-1.0+l-py3-none-any.whl");
  CHECK(one.wheels[0].size == 5U);
  CHECK(one.wheels[0].upload_time == 1715942096500000);
  CHECK(one.wheels[0].hashes.front().second == "aa");
  CHECK_FALSE(one.direct.has_value());
  const LockedDirect& two = lock.packages[1].direct.value();
  CHECK(two.source == LockedSource::kRepository);
  CHECK((two.type == "git" && two.file.url == "u" && two.commit == "c"));
  const LockedDirect& three = lock.packages[2].direct.value();
  CHECK(three.source == LockedSource::kArchive);
  CHECK((three.file.path == "a.zip" && three.subdirectory == "s"));
  const LockedDirect& four = lock.packages[3].direct.value();
  CHECK(four.source == LockedSource::kDirectory);
  CHECK((four.file.path == "." && four.editable));
}

TEST_CASE("what a lock file may not hold is named by its place", "[specs][LockFile]") {
  const std::string sound = "wheels = [" + wheel("a-1-py3-none-any.whl") + "]";
  CHECK(refusal(kHead + package("a", sound)).empty());
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "`lock-version`"},
      {"lock-version = '1.0'\npackages = []", "`created-by`"},
      {"lock-version = 'x'\n", "`lock-version`"},
      {"lock-version = '2.0'\n", "`lock-version`"},
      {"lock-version = '0.9'\n", "`lock-version`"},
      {"lock-version = '1!1.0'\n", "`lock-version`"},
      {kHead, "`packages`"},
      {kHead + "packages = [1]", "`packages[0]`"},
      {kHead + package("A", sound), "`packages[0].name`"},
      {kHead + package("a", "version = 'x'\n" + sound), "`packages[0].version`"},
      {kHead + package("a", "marker = 'x'\n" + sound), "`packages[0].marker`"},
      {kHead + package("a", "tool = 1\n" + sound), "`packages[0].tool`"},
      {kHead + "tool = []\n" + package("a", sound), "`tool`"},
      {kHead + package("b", sound), "`packages[0].wheels[0]`"},
      {kHead + package("a", "version = '2'\n" + sound), "`packages[0].wheels[0]`"},
      {kHead + package("a", sound + "\ndirectory = {path = '.'}"), "`packages[0]`"},
      {kHead + package("a", "wheels = []"), "`packages[0]`"},
      {kHead + package("a", "directory = {path = '.', editable = 1}"),
       "`packages[0].directory.editable`"},
      {kHead + package("a", "attestation-identities = [{}]"),
       "`packages[0].attestation-identities[0].kind`"},
      {"[", "not TOML at line 1"},
  };
  for (const auto& [text, place] : cases) {
    INFO(text);
    CHECK(refusal(text).find(place) != std::string::npos);
  }
}

TEST_CASE("files are chosen by tag and build number", "[specs][LockFile]") {
  const LockFile lock =
      LockFile::parse(kHead + package("a", "wheels = [" + wheel("a-1-py3-none-any.whl") + ", " +
                                               wheel("a-1-2-cp312-cp312-linux_x86_64.whl") + ", " +
                                               wheel("a-1-10-cp312-cp312-linux_x86_64.whl") + ", " +
                                               wheel("a-1-cp313-cp313-linux_x86_64.whl") +
                                               "]\nsdist = " + wheel("a-1.tar.gz")));
  LockRequest request;
  CHECK(select_packages(lock, target(), request).at(0).file->filename ==
        "a-1-10-cp312-cp312-linux_x86_64.whl");
  request.formats.add_no_binary("a");
  CHECK(select_packages(lock, target(), request).at(0).source == LockedSource::kSdist);
}

TEST_CASE("names that a lock does not have are refused with the nearest", "[specs][LockFile]") {
  const LockFile lock = LockFile::parse(kHead + "extras = ['dotenv']\npackages = []");
  LockRequest request{.extras = {"Dotenv"}, .groups = std::nullopt, .formats = {}};
  CHECK_NOTHROW(select_packages(lock, target(), request));
  request.extras = {"dot-env"};
  try {
    (void)select_packages(lock, target(), request);
    FAIL("not refused");
  } catch (const base::Error& error) {
    CHECK(error.hints().front() == "did you mean `dotenv`?");
  }
  request.extras = {};
  request.groups = std::vector<std::string>{"dev"};
  CHECK_THROWS_AS(select_packages(lock, target(), request), base::Error);
}

TEST_CASE("a marker of a lock that cannot be evaluated is refused", "[specs][LockFile]") {
  const LockFile lock =
      LockFile::parse(kHead + package("a", "marker = \"extra != 'x'\"\nwheels = [" +
                                               wheel("a-1-py3-none-any.whl") + "]"));
  try {
    (void)select_packages(lock, target(), {});
    FAIL("not refused");
  } catch (const base::Error& error) {
    CHECK(error.exit_code() == base::ExitCode::kNoSolution);
    CHECK(error.message().find("`extra`") != std::string::npos);
  }
}

TEST_CASE("a lock file is recognized by its name", "[specs][LockFile]") {
  for (const char* name : {"pylock.toml", "pylock.dev.toml"}) CHECK(is_lock_filename(name));
  for (const char* name : {"pylock..toml", "pylock.a.b.toml", "Pylock.toml", "xpylock.toml"}) {
    CHECK_FALSE(is_lock_filename(name));
  }
}

}  // namespace ensure::specs
