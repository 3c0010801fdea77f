#include "installer/specs/requirements/requirements_file.h"

#include <map>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace ensure::specs {
namespace {

using Texts = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

const std::string kDigest(64, 'a');

RequirementsFiles read_files(const Files& files, const std::string& root = "r.txt",
                             const Files& variables = {}) {
  const auto loader = [&files](const std::string& file) {
    const auto found = files.find(file);
    if (found == files.end()) throw base::FileError("read", file, 2);
    return found->second;
  };
  const auto lookup = [&variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  return RequirementsFiles::read({{root, false}}, loader, lookup);
}

RequirementsFiles read_text(const std::string& text, const Files& variables = {}) {
  return read_files({{"r.txt", text}}, "r.txt", variables);
}

/// "r.txt:1 text", with "c" for constraints and "e" for what is editable.
Texts shown(const RequirementsFiles& files) {
  Texts lines;
  for (const FileRequirement& requirement : files.requirements) {
    const bool is_editable = requirement.argument.kind == RequirementKind::kEditable;
    lines.push_back(requirement.source.to_string() + (requirement.is_constraint ? " c" : "") +
                    (is_editable ? " e " : " ") + requirement.text);
  }
  return lines;
}

Texts problems(const Files& files, const Files& variables = {}, const std::string& root = "r.txt") {
  try {
    (void)read_files(files, root, variables);
    return {};
  } catch (const UnreadableRequirements& error) {
    CHECK(error.exit_code() == base::ExitCode::kUsage);
    CHECK_FALSE(error.hints().empty());
    Texts lines;
    for (const RequirementsProblem& problem : error.problems()) {
      lines.push_back(problem.source.to_string() + ": " + problem.message);
      CHECK(error.message().find(lines.back()) != std::string::npos);
    }
    return lines;
  }
}

}  // namespace

TEST_CASE("lines are cut as pip cuts them", "[specs][RequirementsFiles]") {
  CHECK(shown(read_text("a\n# comment\n\n  b # comment\n./c#1\n\td\t#x\n")) ==
        Texts{"r.txt:1 a", "r.txt:4 b", "r.txt:5 ./c#1", "r.txt:6 d"});
  CHECK(shown(read_text("a >= \\\n  1\nb\\\n# c\nd\\")) ==
        Texts{"r.txt:1 a >=   1", "r.txt:3 b", "r.txt:5 d"});
  CHECK(shown(read_text("a\r\nb\rc\x0C"
                        "d\n")) == Texts{"r.txt:1 a", "r.txt:2 b", "r.txt:3 c", "r.txt:4 d"});
}

TEST_CASE("variables are replaced where they are set", "[specs][RequirementsFiles]") {
  const Files variables = {{"V", "1.0"}, {"EMPTY", ""}, {"v", "2"}};
  CHECK(shown(read_text("a==${V}\n-f ${EMPTY}/${NONE}/$V/${v}\n", variables)) ==
        Texts{"r.txt:1 a==1.0"});
  const RequirementsFiles files = read_text("-f ${EMPTY}/${NONE}/$V/${v}", variables);
  REQUIRE(files.options.find_links.size() == 1);
  CHECK(files.options.find_links[0].value == "${EMPTY}/${NONE}/$V/${v}");
}

TEST_CASE("options that belong to a requirement", "[specs][RequirementsFiles]") {
  const RequirementsFiles files =
      read_text("a==1 ; python_version > '3' --hash=sha256:" + kDigest +
                " \\\n  --hash sha256:" + std::string(64, 'B') +
                " -C k=v --config-settings 'x=y z' --global-option=\"--q\"\n");
  REQUIRE(files.requirements.size() == 1);
  const FileRequirement& requirement = files.requirements[0];
  CHECK(requirement.hashes ==
        std::vector<HashOption>{{"sha256", kDigest}, {"sha256", std::string(64, 'b')}});
  CHECK(files.warnings == Texts{"r.txt:1: `--config-settings` is ignored behind a requirement",
                                "r.txt:1: `--config-settings` is ignored behind a requirement",
                                "r.txt:1: `--global-option` is ignored behind a requirement"});
  CHECK(requirement.argument.marker.has_value());
}

TEST_CASE("options for the whole job", "[specs][RequirementsFiles]") {
  const RequirementsFiles files = read_text(
      "-i https://one.test/simple\n--index-url=https://two.test/simple\n"
      "--extra-index-url https://three.test\n--extra-index https://four.test\n--no-index\n"
      "-f wheels\n--find-links=https://files.test/\n--pre --prefer-binary\n--require-hashes\n"
      "--only-binary :all:\n--no-binary=A_b,c --trusted-host host.test\n--use-feature x\n");
  const RequirementsFileOptions& options = files.options;
  CHECK(options.index_url == "https://two.test/simple");
  CHECK(options.extra_index_urls == Texts{"https://three.test", "https://four.test"});
  CHECK(options.no_index);
  REQUIRE(options.find_links.size() == 2);
  CHECK(options.find_links[0].file == "r.txt");
  CHECK(options.pre);
  CHECK(options.prefer_binary);
  CHECK(options.require_hashes);
  CHECK_FALSE(options.formats.allows_wheel(PackageName::parse("a.b")));
  CHECK(options.formats.allows_sdist(PackageName::parse("a.b")));
  CHECK(options.formats.allows_wheel(PackageName::parse("d")));
  CHECK_FALSE(options.formats.allows_sdist(PackageName::parse("d")));
  CHECK(options.trusted_hosts == Texts{"host.test"});
  CHECK(files.warnings == Texts{"r.txt:12: `--use-feature` is ignored here"});
}

TEST_CASE("nested files are relative to the one that names them", "[specs][RequirementsFiles]") {
  const Files files = {{"r.txt", "-r sub/a.txt\n-c c.txt\nlast\n-rsub/a.txt"},
                       {"sub/a.txt", "a\n--requirement=../b.txt"},
                       {"b.txt", "b"},
                       {"c.txt", "c\n-r b.txt"}};
  CHECK(shown(read_files(files)) == Texts{"sub/a.txt:1 a", "b.txt:1 b", "c.txt:1 c c", "b.txt:1 b",
                                          "r.txt:3 last", "sub/a.txt:1 a", "b.txt:1 b"});
  const Files remote = {{"https://files.test/x/r.txt", "-r ../y/a.txt"},
                        {"https://files.test/y/a.txt", "a"}};
  CHECK(shown(read_files(remote, "https://files.test/x/r.txt")) ==
        Texts{"https://files.test/y/a.txt:1 a"});
}

TEST_CASE("all unreadable files are reported in one error", "[specs][RequirementsFiles]") {
  const Texts lines =
      problems({{"r.txt",
                 "good\nfoo=1\n--no-such\n-r missing.txt\n-r bad.txt\na==1 --hash=md5:0\n-r\n"
                 "b --config-settings x\n-e '\n-r latin.txt\n--pre=1\n--no\n"},
                {"bad.txt", "ok\n???\n"},
                {"latin.txt", "a # \xE9"}});
  const Texts beginnings = {
      "r.txt:2: `foo=1`",  "r.txt:3: `--no-such`", "r.txt:4: cannot read `missing.txt`",
      "bad.txt:2: `???`",  "r.txt:6: `md5:0`",     "r.txt:7: `-r`",
      "r.txt:8: `x`",      "r.txt:9: the options", "latin.txt: the text",
      "r.txt:11: `--pre`", "r.txt:12: `--no`"};
  REQUIRE(lines.size() == beginnings.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    INFO(lines[i]);
    CHECK(lines[i].starts_with(beginnings[i]));
  }
}

TEST_CASE("a file from the web names nothing of this machine", "[specs][RequirementsFiles]") {
  const std::string root = "https://files.test/r.txt";
  for (const std::string line :
       {"a==${HOME}", "-r file:///x.txt", "-c file:///x.txt", "-r https://other.test/x.txt",
        "-r http://files.test/x.txt", "-f ./wheels", "-f file:///wheels", "-i file:///simple",
        "--extra-index-url file:///simple", "-i http://index.test/simple", "./a.whl", "/a.whl",
        "file:///a.whl", "a @ FILE:///a.whl", "a @ http://files.test/a.whl", "-e .",
        "--trusted-host index.test"}) {
    CAPTURE(line);
    const Texts lines = problems({{root, line}}, {{"HOME", "1"}}, root);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with(root + ":1: "));
  }
  const std::string digest(64, 'a');
  const RequirementsFiles read =
      read_files({{root,
                   "-r more/x.txt # ${HOME}\n-i https://index.test/simple\na @ "
                   "http://files.test/a.whl#sha256=" +
                       digest},
                  {"https://files.test/more/x.txt", "b"}},
                 root);
  CHECK(shown(read).size() == 2);
  CHECK(read.options.addresses_from_web == Texts{"https://index.test/simple"});
}

TEST_CASE("a file that includes itself is a problem", "[specs][RequirementsFiles]") {
  CHECK(problems({{"r.txt", "-r x/../a.txt"}, {"a.txt", "\n-c ./r.txt"}}) ==
        Texts{"a.txt:2: `r.txt` includes itself"});
}

TEST_CASE("a secret in a variable is not told", "[specs][RequirementsFiles]") {
  const Texts lines = problems({{"r.txt", "${TOKEN}=1"}}, {{"TOKEN", "secret"}});
  CHECK(lines == Texts{"r.txt:1: `${TOKEN}=1` cannot be read"});
}

TEST_CASE("what pip ignores is warned of", "[specs][RequirementsFiles]") {
  const auto warnings = [](const std::string& text) {
    return read_files({{"r.txt", text}, {"a", ""}, {"b", ""}}).warnings.size();
  };
  CHECK(warnings("foo --pre") == 1);
  CHECK(warnings("--pre foo") == 1);
  CHECK(warnings("-r a -r b") == 1);
  CHECK(warnings("--hash=sha256:" + kDigest) == 1);
  CHECK(warnings("-e .") == 0);
}

}  // namespace ensure::specs
