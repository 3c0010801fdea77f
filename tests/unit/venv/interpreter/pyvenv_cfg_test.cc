#include "venv/interpreter/pyvenv_cfg.h"

#include <fstream>

#include "machine_interpreters.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using ensure::venv::PyvenvCfg;

TEST_CASE("pyvenv.cfg is written and read again", "[venv][PyvenvCfg]") {
  PyvenvCfg cfg;
  cfg.append("home", "/usr/bin");
  cfg.append("prompt", "'a = b'");
  CHECK(cfg.to_string() == "home = /usr/bin\nprompt = 'a = b'\n");
  const PyvenvCfg again = PyvenvCfg::parse(cfg.to_string());
  CHECK(again.value("home") == "/usr/bin");
  CHECK(again.value("prompt") == "'a = b'");
  CHECK(again.to_string() == cfg.to_string());
  CHECK_FALSE(again.value("absent"));
}

TEST_CASE("pyvenv.cfg is read as site reads it", "[venv][PyvenvCfg]") {
  const PyvenvCfg cfg = PyvenvCfg::parse(
      "  HOME=/first \r\nno pair\n= no key\nhome = /second\n"
      "Version = 3.1\rversion=3.2\ninclude-system-site-packages = TRUE");
  CHECK(cfg.value("home") == "/first");
  CHECK(cfg.value("version") == "3.2");
  CHECK(cfg.system_site_packages());
}

TEST_CASE("pyvenv.cfg has the values that CPython reads", "[venv][PyvenvCfg][machine]") {
  const ensure::tests::TempDir directory;
  const std::string text =
      "home = /first\nHome=/second\nVersion\t=\t3.12.1 \nversion = 3.12.2\nprompt = a = b\n"
      "include-system-site-packages = TRUE\nINCLUDE-system-site-packages = false\nprompt\n"
      " = no key\nempty =\n";
  fs::ofstream(directory / "pyvenv.cfg") << text;
  const PyvenvCfg cfg = PyvenvCfg::parse(text);
  // The loop of Lib/site.py; Modules/getpath.py takes the first `home`.
  const std::string script =
      "values = {}\n"
      "with open('" +
      (directory / "pyvenv.cfg").text() +
      "', encoding='utf-8') as lines:\n"
      "    for line in lines:\n"
      "        if '=' in line:\n"
      "            key, _, value = line.partition('=')\n"
      "            key = key.strip().lower()\n"
      "            if key != 'home' or key not in values:\n"
      "                values[key] = value.strip()\n"
      "for key in ('home', 'version', 'prompt', 'include-system-site-packages', 'empty'):\n"
      "    print(values[key])\n";
  for (const fs::path& python : ensure::tests::machine_pythons()) {
    if (!ensure::tests::is_supported(python)) continue;
    std::vector<std::string> values;
    for (const char* key : {"home", "version", "prompt", "include-system-site-packages", "empty"}) {
      values.push_back(cfg.value(key).value());
    }
    CHECK(values == ensure::tests::ask(python, script));
    break;
  }
  CHECK(cfg.value("home") == "/first");
  CHECK_FALSE(cfg.system_site_packages());
}

TEST_CASE("system site-packages are on unless pyvenv.cfg turns them off", "[venv][PyvenvCfg]") {
  CHECK(PyvenvCfg::parse("").system_site_packages());
  CHECK_FALSE(PyvenvCfg::parse("include-system-site-packages = false").system_site_packages());
  CHECK_FALSE(PyvenvCfg::parse("include-system-site-packages = yes").system_site_packages());
}

TEST_CASE("versions of all makers are understood", "[venv][PyvenvCfg]") {
  CHECK(PyvenvCfg::parse("version = 3.12.1").version() == "3.12.1");
  CHECK(PyvenvCfg::parse("version_info = 3.9.18.final.0").version() == "3.9.18");
  CHECK(PyvenvCfg::parse("version_info = 3.14.0rc1").version() == "3.14.0");
  CHECK(PyvenvCfg::parse("version = 3.12").version() == "3.12");
  CHECK_FALSE(PyvenvCfg::parse("version = none").version());
  CHECK_FALSE(PyvenvCfg::parse("").version());
}

TEST_CASE("prompts are literals or plain text", "[venv][PyvenvCfg]") {
  CHECK(PyvenvCfg::parse("prompt = \"it's\"").prompt() == "it's");
  CHECK(PyvenvCfg::parse("prompt = plain text").prompt() == "plain text");
  CHECK_FALSE(PyvenvCfg::parse("home = /x").prompt());
}

TEST_CASE("anything can be read", "[venv][PyvenvCfg]") {
  const std::string bytes("\xff\xfe\0=\0\n===\n\n \n=\xff", 16);
  CHECK_FALSE(PyvenvCfg::parse(bytes).value("home"));
}

}  // namespace
