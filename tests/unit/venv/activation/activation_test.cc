#include "venv/activation/activation.h"

#include <algorithm>
#include <string>

#include "tests/support/catch.h"

namespace {

using namespace ensure::venv;

Activation sample() { return {"/x/env", std::nullopt, "lib/python3.12/site-packages", false}; }

std::string content_of(const Activation& activation, const std::string& name) {
  for (const ActivationScript& script : activation_scripts(activation)) {
    if (script.name == name) return script.content;
  }
  throw std::runtime_error("no script " + name);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("POSIX shells end a quote for an apostrophe only", "[venv][activation]") {
  CHECK(quote_for_posix("") == "''");
  CHECK(quote_for_posix("a $(b) `c` \\ \"d\" !") == "'a $(b) `c` \\ \"d\" !'");
  CHECK(quote_for_posix("it's") == R"('it'\''s')");
}

TEST_CASE("fish escapes within quotes", "[venv][activation]") {
  CHECK(quote_for_fish(R"(it's \ $x)") == R"('it\'s \\ $x')");
  CHECK(quote_for_fish("\\'") == R"('\\\'')");
}

TEST_CASE("csh takes bangs, backslashes and apostrophes out of quotes", "[venv][activation]") {
  CHECK(quote_for_csh("a!b") == R"('a'\!'b')");
  CHECK(quote_for_csh("\\!'") == R"(''\\''\!''\''')");
}

TEST_CASE("PowerShell doubles every kind of apostrophe", "[venv][activation]") {
  CHECK(quote_for_powershell("it's $(x) `") == "'it''s $(x) `'");
  CHECK(quote_for_powershell("\u2018\u2019\u201a\u201b") ==
        "'\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b'");
}

TEST_CASE("nushell's raw strings have more marks than their text", "[venv][activation]") {
  CHECK(quote_for_nushell("plain") == "r#'plain'#");
  CHECK(quote_for_nushell("a'#b") == "r##'a'#b'##");
  CHECK(quote_for_nushell("### '##") == "r####'### '##'####");
}

TEST_CASE("there is a script for each shell", "[venv][activation]") {
  std::vector<std::string> names;
  for (const ActivationScript& script : activation_scripts(sample())) {
    names.push_back(script.name);
    CHECK_FALSE(contains(script.content,
                         "__"
                         "ENVIRONMENT__"));
    CHECK_FALSE(contains(script.content, "__LOCATE__"));
    CHECK_FALSE(contains(script.content, "__PROMPT__"));
    CHECK_FALSE(contains(script.content, "\r"));
    CHECK(script.content.back() == '\n');
  }
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"Activate.ps1", "activate", "activate.csh",
                                          "activate.fish", "activate.nu", "activate_this.py"});
}

TEST_CASE("values are not looked at again", "[venv][activation]") {
  Activation activation = sample();
  activation.prompt = "__LOCATE__ __ENVIRONMENT__ __PROMPT__";
  CHECK(contains(content_of(activation, "activate"),
                 "VIRTUAL_ENV_PROMPT='__LOCATE__ __ENVIRONMENT__ __PROMPT__'\n"));
  CHECK(contains(content_of(activation, "activate.fish"),
                 "VIRTUAL_ENV_PROMPT '__LOCATE__ __ENVIRONMENT__ __PROMPT__'\n"));
}

TEST_CASE("the prompt is the directory's name unless another is given", "[venv][activation]") {
  Activation activation = sample();
  CHECK(contains(content_of(activation, "activate"), "VIRTUAL_ENV_PROMPT='env'\n"));
  activation.prompt = "";
  CHECK(contains(content_of(activation, "activate"), "VIRTUAL_ENV_PROMPT=''\n"));
}

TEST_CASE("relocatable scripts do not tell where they were made", "[venv][activation]") {
  Activation activation = sample();
  activation.environment = "/very/special/place";
  activation.relocatable = true;
  for (const ActivationScript& script : activation_scripts(activation)) {
    CHECK_FALSE(contains(script.content, "special"));
    CHECK_FALSE(contains(script.content, "'place'"));
  }
}

TEST_CASE("scripts of ensure are recognized", "[venv][activation]") {
  for (const char* name : {"activate", "activate.csh", "activate.fish", "activate.nu"}) {
    CHECK(is_activation_script_of_ensure(content_of(sample(), name)));
  }
  CHECK_FALSE(is_activation_script_of_ensure("# This file must be used with source"));
  CHECK_FALSE(is_activation_script_of_ensure(""));
}

}  // namespace
