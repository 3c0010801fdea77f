#include "bootstrap/cli/suggestions.h"

#include <string>
#include <vector>

#include "bootstrap/cli/command_line.h"
#include "bootstrap/cli/option_table.h"
#include "installer/base/error.h"
#include "installer/base/text.h"
#include "tests/support/catch.h"

namespace {

using namespace ensure::bootstrap;
using ensure::base::Error;
using ensure::base::ExitCode;

/// Splits a line into arguments at blanks; does not interpret quotes.
std::vector<std::string> arguments_of(const std::string& line) {
  std::vector<std::string> arguments;
  for (const std::string_view word : ensure::base::split(line, ' ')) arguments.emplace_back(word);
  return arguments;
}

/// The message and the hint of the usage error that the line leads to.
std::string refusal_of(const std::string& line) {
  try {
    (void)parse_command_line(arguments_of(line));
  } catch (const Error& error) {
    CHECK(error.exit_code() == ExitCode::kUsage);
    REQUIRE(error.hints().size() == 1);
    return error.message() + " | " + error.hints().front();
  }
  FAIL("`" + line + "` was accepted");
  return {};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("words of other tools get the line to type", "[bootstrap][foreign_commands]") {
  struct Case {
    const char* typed;
    const char* line;
  };
  for (const Case& test : {
           Case{"pip install requests", "ensure --venv ENV requests"},
           Case{"pip3 install requests", "ensure --venv ENV requests"},
           Case{"install requests flask", "ensure --venv ENV requests flask"},
           Case{"install -r requirements.txt", "ensure --venv ENV -r requirements.txt"},
           Case{"pip install -U requests", "ensure --venv ENV -U requests"},
           Case{"pip install --user requests", "ensure --user requests"},
           Case{"uv pip install requests", "ensure --venv ENV requests"},
           Case{"-m pip install requests", "ensure --venv ENV requests"},
           Case{"python -m pip install requests", "ensure --venv ENV requests"},
           Case{"add requests", "ensure --venv ENV requests"},
           Case{"uv add requests", "ensure --venv ENV requests"},
           Case{"install", "ensure --venv ENV"},
           Case{"remove requests", "ensure --venv ENV --remove requests"},
           Case{"pip uninstall requests", "ensure --venv ENV --remove requests"},
           Case{"pip list", "ensure --venv ENV list"},
           Case{"pip download flask", "ENV/bin/pip download flask"},
           Case{"pip check", "ENV/bin/pip check"},
           Case{"freeze", "ENV/bin/pip freeze"},
           Case{"sync", "ensure --venv ENV --sync -r pyproject.toml"},
           Case{"pip sync requirements.txt", "ensure --venv ENV --sync -r requirements.txt"},
           Case{"venv x", "ensure --venv x"},
           Case{"-m venv x", "ensure --venv x"},
           Case{"python3 -m venv --clear x", "ensure --venv x --clear"},
           Case{"-m virtualenv x", "ensure --venv x"},
           Case{"-m ensurepip", "ensure --venv ENV"},
           Case{"uv venv x y", "ensure --venv x --venv y"},
           Case{"create x", "ensure --venv x"},
           Case{"init", "ensure --venv ENV"},
           Case{"self update", "ensure --venv ENV --upgrade"},
           Case{"upgrade requests", "ensure --venv ENV --upgrade requests"},
           Case{"run black", "ensure --venv ENV black"},
           Case{"run tool.py", "ensure --venv ENV -r tool.py"},
           Case{"tool run black", "ENV/bin/black"},
           Case{"uv tool install black", "ensure --venv ENV black"},
           Case{"python install 3.12", "ensure python list"},
           Case{"help", "ensure --help"},
           Case{"version", "ensure --version"},
           Case{"lock", "ENV/bin/pip freeze"},
           Case{"bundle create", "ENV/bin/pip wheel -w DIR REQUIREMENT"},
           Case{"check", "ENV/bin/pip check"},
           Case{"verify x.whl", "ensure --venv ENV --require-hashes -r FILE"},
           Case{"tree", "ENV/bin/pip inspect"},
       }) {
    CAPTURE(test.typed);
    const std::string told = refusal_of(test.typed);
    CAPTURE(told);
    CHECK(contains(told, "`" + std::string(test.line) + "`"));
  }
}

TEST_CASE("words of other tools are refused beside a target", "[bootstrap][foreign_commands]") {
  CHECK(contains(refusal_of("--venv env install flask"), "`ensure --venv env flask`"));
  CHECK(contains(refusal_of("install flask --venv env"), "`ensure --venv env flask`"));
  CHECK(contains(refusal_of("--venv=env -q pip install flask"), "`ensure --venv=env -q flask`"));
  CHECK(contains(refusal_of("--venv env remove flask"), "`ensure --remove flask --venv env`"));
  CHECK(contains(refusal_of("--venv env run black"), "`env/bin/black`"));
  CHECK(contains(refusal_of("--python 3.12 sync"),
                 "`ensure --sync -r pyproject.toml --python 3.12`"));
  CHECK(contains(refusal_of("--venv env lock"), "not available yet"));
}

TEST_CASE("projects with such names can be required", "[bootstrap][foreign_commands]") {
  CHECK(contains(refusal_of("--venv e install"), "`install>=0`"));
  for (const char* line :
       {"--venv e install>=0", "--venv e install==1.0", "--venv e pip",
        "--venv e pip setuptools wheel", "--venv e flask install", "--venv e uv",
        "--venv e virtualenv", "--venv e wheel", "--venv e tool", "--venv e poetry flask"}) {
    CAPTURE(line);
    CHECK(parse_command_line(arguments_of(line)).packages.words.size() ==
          arguments_of(line).size() - 2);
  }
}

TEST_CASE("a suggested line tells no password and is short", "[bootstrap][foreign_commands]") {
  for (const char* line : {"install -i https://user:secret@index.test/simple flask",
                           "install --index-url=https://user:secret@index.test/simple flask",
                           "install --proxy=user:secret@proxy.test flask",
                           "install flask@https://user:secret@index.test/flask.whl"}) {
    CAPTURE(line);
    const std::string told = refusal_of(line);
    CHECK_FALSE(contains(told, "secret"));
    CHECK(contains(told, "****@"));
  }
  CHECK(refusal_of("install " + std::string(5000, 'x')).size() < 400);
  CHECK(contains(refusal_of("install 'a;b"), R"(''\''a;b')"));
}

TEST_CASE("options of other tools are answered with ours", "[bootstrap][foreign_options]") {
  for (const char* name : {"--seed", "--no-pip", "--force-reinstall", "--reinstall-package",
                           "--default-index", "--index", "--no-cache-dir", "--upgrade-strategy",
                           "--always-copy", "--no-compile", "--no-input", "--uninstall", "-V",
                           "--no-build-isolation", "--only-group", "--native-tls"}) {
    CAPTURE(name);
    CHECK(find_option(name) == nullptr);
    CHECK(refusal_of("--venv e " + std::string(name)).find(foreign_option_hint(name)) !=
          std::string::npos);
    CHECK_FALSE(foreign_option_hint(name).empty());
  }
  CHECK(foreign_option_hint("--see").empty());
  CHECK(foreign_option_hint("").empty());
}

TEST_CASE("The pip of the target is named", "[bootstrap][pip_command]") {
  Request request;
  CHECK(pip_command(request, "") == "pip");
  CHECK(pip_command(request, "/usr/bin/python3.12") == "/usr/bin/python3.12 -m pip");
  request.environments = {"my env", "other"};
  CHECK(pip_command(request, "/usr/bin/python3.12") == "'my env/bin/pip'");
}

}  // namespace
