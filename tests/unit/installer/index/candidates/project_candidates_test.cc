#include "installer/index/candidates/project_candidates.h"

#include "fake_index.h"
#include "tests/support/catch.h"

namespace ensure::index {
namespace {

const specs::PackageName kDemo = specs::PackageName::parse("demo");

/// One file of a page: its name, and members in JSON with a comma before each.
struct Entry {
  std::string filename;
  std::string more;
};

IndexEntry entry(const std::vector<Entry>& files, const std::string& url = "https://a.test/s/") {
  std::string text = R"({"meta":{"api-version":"1.1"},"name":"demo","files":[)";
  for (const Entry& file : files) {
    if (!text.ends_with('[')) text += ',';
    text += R"({"filename":")" + file.filename + R"(","url":")" + file.filename + '"' +
            (file.more.find("\"hashes\"") == std::string::npos ? R"(,"hashes":{})" : "") +
            file.more + '}';
  }
  const base::Url index = base::Url::parse(url);
  return make_index_entry(
      specs::ProjectPage::parse(text + "]}", "application/json", kDemo, url + "demo/"), index,
      true);
}

struct Options {
  bool wheels = true;
  bool sources = false;
  std::optional<std::int64_t> exclude_newer = {};
  std::vector<specs::HashOption> accepted = {};
};

struct Chosen {
  specs::TargetPython target = tests::linux_target();
  ProjectCandidates candidates;

  Chosen(std::vector<IndexEntry> entries, const Options& options)
      : candidates(kDemo, std::move(entries),
                   {.tags = target.tags,
                    .python_version = target.version,
                    .wheels = options.wheels,
                    .sources = options.sources,
                    .exclude_newer = options.exclude_newer,
                    .accepted = options.accepted}) {}

  [[nodiscard]] std::string file(const std::string& version = "1.0") const {
    const auto file = candidates.choose(specs::Version::parse(version));
    return file ? file->request.url.to_string() : "";
  }
  [[nodiscard]] std::string reason() const {
    const auto& unavailable = candidates.candidates().versions.front().unavailable;
    return unavailable ? unavailable->text : "";
  }
};

constexpr const char* kPure = "demo-1.0-py3-none-any.whl";
constexpr const char* kNative = "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl";
constexpr const char* kForeign = "demo-1.0-cp39-cp39-win_amd64.whl";
constexpr const char* kSource = "demo-1.0.tar.gz";

TEST_CASE("the file that is taken for a version", "[index][ProjectCandidates]") {
  struct Case {
    const char* what;
    std::vector<Entry> files;
    std::string chosen;
    std::string reason;
    Options options;
  };
  const std::string yanked = R"(,"yanked":"broken")";
  const std::string python = R"(,"requires-python":">=3.13")";
  const std::string early = R"(,"upload-time":"2020-01-01T00:00:00Z")";
  const std::string late = R"(,"upload-time":"2030-01-01T00:00:00Z")";
  const std::string digest(64, 'a');
  const std::string has_digest = R"(,"hashes":{"sha256":")" + digest + R"("})";
  const std::string other_digest = R"(,"hashes":{"sha256":")" + std::string(64, 'b') + R"("})";
  const Options hashed{.exclude_newer = std::nullopt, .accepted = {{"sha256", digest}}};
  const Options sources{.sources = true, .exclude_newer = std::nullopt, .accepted = {}};
  const Options no_binary{
      .wheels = false, .sources = true, .exclude_newer = std::nullopt, .accepted = {}};
  const Options by_date{.exclude_newer = 1'700'000'000'000'000, .accepted = {}};
  const std::vector<Case> cases = {
      {"the better tag", {{kPure, ""}, {kNative, ""}}, kNative, "", {}},
      {"no foreign tag", {{kForeign, ""}, {kPure, ""}}, kPure, "", {}},
      {"only a foreign tag",
       {{kForeign, ""}},
       "",
       "has no wheel for this interpreter and platform, only for `cp39-cp39-win_amd64` (a wheel "
       "for `cp312-cp312-manylinux_2_17_x86_64` would fit)",
       {}},
      {"the higher build number",
       {{"demo-1.0-9-py3-none-any.whl", ""}, {"demo-1.0-010a-py3-none-any.whl", ""}, {kPure, ""}},
       "demo-1.0-010a-py3-none-any.whl",
       "",
       {}},
      {"wheels before sources", {{kSource, ""}, {kPure, ""}}, kPure, "", sources},
      {"sources where they may be", {{kSource, ""}, {kForeign, ""}}, kSource, "", sources},
      {"sources where they may not be", {{kSource, ""}}, "", "has only a source distribution", {}},
      {"no wheels", {{kSource, ""}, {kPure, ""}}, kSource, "", no_binary},
      {"no wheels and no sources",
       {{kPure, ""}},
       "",
       "has no source distribution, and its wheels are not to be used",
       no_binary},
      {"not yanked before yanked", {{kNative, yanked}, {kPure, ""}}, kPure, "", {}},
      {"yanked where all are", {{kPure, yanked}}, kPure, "", {}},
      {"another Python", {{kNative, python}, {kPure, ""}}, kPure, "", {}},
      {"another Python only", {{kPure, python}, {kForeign, ""}}, "", "needs Python >=3.13", {}},
      {"a Requires-Python that is none", {{kPure, R"(,"requires-python":"three")"}}, kPure, "", {}},
      {"too new", {{kNative, late}, {kPure, early}}, kPure, "", by_date},
      {"only too new", {{kPure, late}}, "", "was uploaded too late", by_date},
      {"of unknown date", {{kPure, ""}}, "", "has no upload time", by_date},
      {"the right digest", {{kNative, other_digest}, {kPure, has_digest}}, kPure, "", hashed},
      {"maybe the right digest", {{kNative, other_digest}, {kPure, ""}}, kPure, "", hashed},
      {"wrong digests only",
       {{kNative, other_digest}},
       "",
       "has no file with a hash that the requirements demand",
       hashed},
  };
  for (const Case& test : cases) {
    INFO(test.what);
    const Chosen chosen({entry(test.files)}, test.options);
    const std::string url = test.chosen.empty() ? "" : "https://a.test/s/demo/" + test.chosen;
    CHECK(chosen.file() == url);
    CHECK(chosen.reason() == test.reason);
  }
}

TEST_CASE("versions of several entries are merged, newest first", "[index][ProjectCandidates]") {
  const Chosen chosen(
      {entry({{"demo-1.0-py3-none-any.whl", ""}, {"demo-3.0-py3-none-any.whl", ""}}),
       entry(
           {{"demo-2.0-py3-none-any.whl", ""}, {"demo-1.0.0-py3-none-any.whl", ""}, {kNative, ""}},
           "https://b.test/s/")},
      {});
  std::string versions;
  for (const auto& candidate : chosen.candidates.candidates().versions) {
    versions += candidate.version.to_string() + ' ';
  }
  CHECK(versions == "3.0 2.0 1.0 ");
  CHECK(chosen.file("1.0") == std::string("https://b.test/s/demo/") + kNative);
  CHECK(chosen.file("2") == "https://b.test/s/demo/demo-2.0-py3-none-any.whl");
  CHECK(chosen.file("4").empty());
  CHECK(chosen.candidates.entry_of(specs::Version::parse("3.0"))->origin == "https://a.test/s/");
}

TEST_CASE("the version that will likely be asked for", "[index][ProjectCandidates]") {
  const Chosen chosen({entry({{"demo-1.0-py3-none-any.whl", ""},
                              {"demo-2.0-py3-none-any.whl", ""},
                              {"demo-3.0-py3-none-any.whl", R"(,"yanked":true)"},
                              {"demo-4.0-cp39-cp39-win_amd64.whl", ""},
                              {"demo-5.0a1-py3-none-any.whl", ""}})},
                      {});
  const auto guess = [&](const char* specifiers, bool lowest = false) {
    const specs::Version* const version =
        chosen.candidates.likely_version(specs::SpecifierSet::parse(specifiers).versions(), lowest);
    return version == nullptr ? "" : version->to_string();
  };
  CHECK(guess("") == "2.0");
  CHECK(guess("", true) == "1.0");
  CHECK(guess("<2") == "1.0");
  CHECK(guess(">=5a0") == "5.0a1");
  CHECK(guess(">6").empty());
}

TEST_CASE("files of unknown date are counted", "[index][ProjectCandidates]") {
  const Chosen chosen({entry({{kPure, ""}, {kNative, ""}})}, {.exclude_newer = 1, .accepted = {}});
  CHECK(chosen.candidates.undated().count == 2);
  CHECK(chosen.candidates.undated().example == kPure);
}

TEST_CASE("a page of 10,000 files gives all of its versions", "[index][ProjectCandidates]") {
  std::vector<Entry> files;
  for (int release = 0; release < 400; ++release) {
    const std::string stem = "demo-" + std::to_string(release) + ".0-";
    for (int minor = 6; minor < 14; ++minor) {
      const std::string python = "cp3" + std::to_string(minor);
      for (const char* platform : {"win_amd64", "macosx_11_0_arm64", "manylinux_2_17_x86_64"}) {
        files.push_back({stem + python + '-' + python + '-' + platform + ".whl",
                         R"(,"requires-python":">=3.)" + std::to_string(release % 20) + '"'});
      }
    }
    files.push_back({"demo-" + std::to_string(release) + ".0.tar.gz", ""});
  }
  CHECK(files.size() == 10'000);
  const std::vector<IndexEntry> entries = {entry(files)};
  const Chosen chosen(entries, {});
  CHECK(chosen.candidates.candidates().versions.size() == 400);
}

}  // namespace
}  // namespace ensure::index
