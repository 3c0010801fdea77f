#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "installer/index/candidates/project_candidates.h"
#include "installer/specs/pages/link_page.h"
#include "installer/specs/tags/tag_set.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

using resolve::UnavailableReason;

/// A file as the cases below write it.
struct File {
  std::string
      wheel;  ///< its tags, with a build number before them; empty for a source distribution
  std::string requires_python = {};
  bool yanked = false;
  std::optional<std::int64_t> upload_time = std::nullopt;

  [[nodiscard]] std::string filename() const {
    return wheel.empty() ? "demo-1.0.tar.gz" : "demo-1.0-" + wheel + ".whl";
  }
};

File source() { return {""}; }

struct Policy {
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer = std::nullopt;
};

/// The index of the chosen file, and the rest of the answer.
struct Choice {
  std::optional<std::size_t> file;
  bool yanked = false;
  std::optional<resolve::Unavailable> unavailable;
};

Choice choose(const std::vector<File>& files, const Policy& policy = {}) {
  static const specs::TagSet kTags("cp", 3, 12, specs::cpython_abis(3, 12, ""),
                                   specs::manylinux_platforms(36, "x86_64"));
  static const specs::Version kPython = specs::Version::parse("3.12.1");
  std::vector<std::string> names;
  for (const File& file : files) names.push_back(file.filename());
  std::vector<specs::ListedFile> listed;
  for (std::size_t place = 0; place < files.size(); ++place) {
    specs::ListedFile& added = listed.emplace_back();
    added.filename = added.url = names[place];
    if (!files[place].requires_python.empty()) {
      added.requires_python = files[place].requires_python;
    }
    if (files[place].yanked) added.yanked = "";
    added.upload_time = files[place].upload_time;
  }
  const std::string url = "https://index.test/simple/demo/";
  std::vector<IndexEntry> entries;
  entries.push_back(make_index_entry(
      specs::ProjectPage::of_files(listed, specs::PackageName::parse("demo"), url, url),
      base::Url::parse("https://index.test/simple/"), true));
  const CandidateRules rules{.tags = kTags,
                             .python_version = kPython,
                             .wheels = policy.wheels,
                             .sources = policy.sources,
                             .exclude_newer = policy.exclude_newer,
                             .accepted = {}};
  const ProjectCandidates candidates(specs::PackageName::parse("demo"), std::move(entries), rules);
  const resolve::Candidate& candidate = candidates.candidates().versions.front();
  Choice choice{std::nullopt, candidate.yanked, candidate.unavailable};
  if (const auto file = candidates.choose(candidate.version)) {
    choice.file =
        static_cast<std::size_t>(std::ranges::find(names, file->request.filename) - names.begin());
  }
  return choice;
}

}  // namespace

TEST_CASE("the best file of a version is chosen", "[index][ProjectCandidates]") {
  struct Case {
    std::vector<File> files;
    std::size_t best;
  };
  const std::vector<Case> cases = {
      {{source(), {"py3-none-any"}}, 1},
      {{{"py3-none-any"}, {"cp312-cp312-manylinux_2_17_x86_64"}}, 1},
      {{{"cp312-cp312-win_amd64"}, {"py3-none-any"}}, 1},
      {{{"1-py3-none-any"}, {"2-py3-none-any"}, {"py3-none-any"}}, 1},
      {{{"cp312-cp312-manylinux_2_17_x86_64", "", true}, {"py3-none-any"}}, 1},
      {{{"py3-none-any", ">=3.13"}, {"py2.py3-none-any", ">=3.8"}}, 1},
  };
  for (const Case& row : cases) {
    const Choice choice = choose(row.files, {.sources = true});
    INFO(row.files.front().wheel);
    CHECK(choice.file == row.best);
    CHECK_FALSE(choice.unavailable);
    CHECK_FALSE(choice.yanked);
  }
}

TEST_CASE("a version of yanked files alone is yanked", "[index][ProjectCandidates]") {
  CHECK(choose({{"py3-none-any", "", true}}).yanked);
  CHECK(choose({{"cp312-cp312-win_amd64", "", true}}).yanked);
  CHECK_FALSE(choose({{"py3-none-any", "", true}, {"cp312-none-any"}}).yanked);
}

TEST_CASE("the reason is that of the file which came closest", "[index][ProjectCandidates]") {
  struct Case {
    std::vector<File> files;
    Policy policy;
    UnavailableReason reason;
  };
  const File pure = {"py3-none-any"};
  const File foreign = {"cp312-cp312-win_amd64"};
  const File late = {"py2.py3-none-any", "", false, 100};
  const Policy by_date = {.exclude_newer = 99};
  const std::vector<Case> cases = {
      {{source()}, {}, UnavailableReason::kSourceOnly},
      {{pure}, {.wheels = false, .sources = true}, UnavailableReason::kNoSource},
      {{pure, source()}, {.wheels = false}, UnavailableReason::kSourceOnly},
      {{foreign}, {}, UnavailableReason::kNoMatchingWheel},
      {{foreign, source()}, {}, UnavailableReason::kSourceOnly},
      {{foreign, {"py3-none-any", ">=3.13"}}, {}, UnavailableReason::kRequiresPython},
      {{{"py3-none-any", ">=3.12.2"}, source()}, {}, UnavailableReason::kRequiresPython},
      {{late}, by_date, UnavailableReason::kTooNew},
      {{pure}, by_date, UnavailableReason::kUnknownDate},
      {{pure, late}, by_date, UnavailableReason::kTooNew},
  };
  for (const Case& row : cases) {
    const Choice choice = choose(row.files, row.policy);
    REQUIRE(choice.unavailable);
    INFO(choice.unavailable->text);
    CHECK(choice.unavailable->reason == row.reason);
    CHECK_FALSE(choice.file);
  }
}

TEST_CASE("the date limit excludes files of that very moment", "[index][ProjectCandidates]") {
  CHECK(choose({{"py3-none-any", "", false, 98}}, {.exclude_newer = 99}).file == 0);
  CHECK_FALSE(choose({{"py3-none-any", "", false, 99}}, {.exclude_newer = 99}).file);
}

TEST_CASE("the reason names the tags of the wheels", "[index][ProjectCandidates]") {
  CHECK(choose({{"cp312-cp312-win_amd64"}, {"cp39-cp39-win32"}}).unavailable->text ==
        "has no wheel for this interpreter and platform, only for `cp312-cp312-win_amd64`, "
        "`cp39-cp39-win32` (a wheel for `cp312-cp312-manylinux_2_36_x86_64` would fit)");
}

TEST_CASE("the choice does not depend on the order of the page", "[index][ProjectCandidates]") {
  std::vector<File> files = {{"py3-none-any"},
                             {"cp312-cp312-manylinux_2_17_x86_64", ">=3.13"},
                             {"cp39-cp39-win_amd64"},
                             {"2-py3-none-any"},
                             {"cp38-abi3-manylinux2014_x86_64", "", true},
                             {"py2.py3-none-any"},
                             source()};
  std::ranges::sort(files, {}, &File::filename);
  do {
    const Choice choice = choose(files, {.sources = true});
    REQUIRE(choice.file);
    CHECK(files[*choice.file].wheel == "2-py3-none-any");
  } while (std::ranges::next_permutation(files, {}, &File::filename).found);
}

}  // namespace ensure::index
