#include "bootstrap/cli/pip_settings.h"

#include <string>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "tests/support/catch.h"

using namespace ensure::bootstrap;

using Entries = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("Sections are read as configparser reads them", "[bootstrap][pip_settings]") {
  const std::string text =
      "; a comment\n"
      "[global]\n"
      "index-url = https://index.test/simple\n"
      "# another\n"
      "find-links:\n"
      "    /one\n"
      "\t/two\n"
      "[install]\n"
      "pre=yes\n";
  CHECK(read_section(text, "global") ==
        Entries{{"index-url", "https://index.test/simple"}, {"find-links", "\n/one\n/two"}});
  CHECK(read_section(text, "install") == Entries{{"pre", "yes"}});
  CHECK(read_section(text, "freeze").empty());
}

TEST_CASE("A value goes on where a line is indented deeper than its key",
          "[bootstrap][pip_settings]") {
  const std::string text =
      "\xEF\xBB\xBF[global]\r\n"
      "  index-url = one\r\n"
      "  extra-index-url =\r\n"
      "    two\r\n"
      "\r\n"
      "    [three]\r\n"
      "  pre = yes\r\n"
      "[install]\r\n"
      "    no-deps = 1\r\n";
  CHECK(read_section(text, "global") ==
        Entries{{"index-url", "one"}, {"extra-index-url", "\ntwo\n[three]"}, {"pre", "yes"}});
  CHECK(read_section(text, "install") == Entries{{"no-deps", "1"}});
}

TEST_CASE("A line that is no setting or repeats one is an error, as with pip",
          "[bootstrap][pip_settings]") {
  for (const char* text : {"index-url = x\n", "[global\nindex-url = x\n", "[list]\nnothing\n",
                           "[global]\npre = 1\nPre = 0\n", "[global]\n[list]\n[global]\n",
                           "[list]\na = 1\na = 2\n[global]\n"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(read_section(text, "global"), ensure::base::Error);
  }
  CHECK(read_section("[global]\npre = 1\n[install]\npre = 0\n", "install") ==
        Entries{{"pre", "0"}});
}

TEST_CASE("Settings that have no option are obeyed or reported", "[bootstrap][pip_settings]") {
  Request request;
  apply_settings(request,
                 {{"--all-releases", ":all:", "pip.conf"},
                  {"--only-final", "demo", "PIP_ONLY_FINAL"},
                  {"--ignore-requires-python", "no", "pip.conf"},
                  {"--exclude-newer", "2024-01-01", "PIP_UPLOADED_PRIOR_TO"},
                  {"--keyring-provider", "disabled", "pip.conf"}},
                 {});
  CHECK(request.packages.pre);
  CHECK(request.packages.exclude_newer.has_value());
  CHECK_FALSE(request.packages.uses_keyring);
  CHECK(request.packages.warnings ==
        std::vector<std::string>{"`--only-final demo` of `PIP_ONLY_FINAL` is not obeyed"});
}

TEST_CASE("Settings are taken as options", "[bootstrap][pip_settings]") {
  Request request;
  apply_settings(request,
                 {{"--index-url", "https://index.test/simple", "pip.conf"},
                  {"--find-links", "/one\n/two", "pip.conf"},
                  {"--pre", "no", "pip.conf"},
                  {"--no-deps", "1", "PIP_NO_DEPS"}},
                 {});
  CHECK_FALSE(request.packages.index_url);
  CHECK(request.packages.configured_index_url == "https://index.test/simple");
  CHECK(request.packages.configured_find_links == std::vector<std::string>{"/one", "/two"});
  CHECK_FALSE(request.packages.pre);
  CHECK(request.packages.no_deps);
}

TEST_CASE("Our own variables stand in for pip's settings", "[bootstrap][pip_settings]") {
  Request request;
  apply_settings(
      request, {{"--extra-index-url", "https://one.test/", "pip.conf"}, {"--pre", "1", "PIP_PRE"}},
      {{"--extra-index-url", "https://two.test/", "ENSURE_EXTRA_INDEX_URL"},
       {"--index-url", "https://three.test/", "ENSURE_INDEX_URL"},
       {"--pre", "0", "ENSURE_PRE"}});
  CHECK(request.packages.extra_index_urls == std::vector<std::string>{"https://two.test/"});
  CHECK(request.packages.index_url == "https://three.test/");
  CHECK_FALSE(request.packages.pre);
}

TEST_CASE("A setting that means nothing is told with its source", "[bootstrap][pip_settings]") {
  for (const Setting& setting :
       {Setting{"--timeout", "soon", "pip.conf"}, Setting{"--pre", "perhaps", "pip.conf"}}) {
    Request request;
    try {
      apply_settings(request, {setting}, {});
      FAIL("taken");
    } catch (const ensure::base::Error& error) {
      CHECK(error.contexts() == std::vector<std::string>{"while reading `pip.conf`"});
    }
  }
}
