#include "bootstrap/report/terminal.h"

#include <string>

#include "installer/base/secrets.h"
#include "tests/support/catch.h"

namespace ensure::bootstrap {
namespace {

TEST_CASE("Passwords in URLs are hidden wherever they stand", "[bootstrap][terminal]") {
  struct Row {
    std::string text;
    std::string shown;
  };
  for (const Row& row : {
           Row{"a @ https://u:pass@example.org/x y z", "a @ https://u:****@example.org/x y z"},
           Row{"`http://:p@[::1]:80/`", "`http://:****@[::1]:80/`"},
           Row{"http://u:a@b@example.org http://v:c@example.org/",
               "http://u:****@example.org http://v:****@example.org/"},
           Row{"https://token@example.org/", "https://****@example.org/"},
           Row{"git+ssh://git@example.org/x.git", "git+ssh://git@example.org/x.git"},
           Row{"http://example.org:80/a@b", "http://****@b"},
           Row{"http://example.org and u:p@example.org", "http://example.org and ****@example.org"},
           Row{"://", "://"},
           Row{"://u:p@", "://u:****@"},
       }) {
    CAPTURE(row.text);
    CHECK(base::without_secrets(row.text) == row.shown);
    CHECK(visible(row.text) == row.shown);
  }
}

TEST_CASE("Control characters are shown, not obeyed", "[bootstrap][terminal]") {
  CHECK(visible("a\x1b[2J\r\n\tb\x7f") == "a\\x1b[2J\\r\\n\\tb\\x7f");
  CHECK(visible("a\xE2\x80\xAE"
                "b") == "a\\u{202e}b");
}

TEST_CASE("Long texts are shortened after their passwords are hidden", "[bootstrap][terminal]") {
  const std::string text = "https://u:" + std::string(5'000, 'p') + "@example.org/ is no wheel";
  const std::string shown = visible_in_short(text);
  CHECK(shown.size() < 1'000);
  CHECK(shown.find('p', 10) == shown.find("ple.org"));
  CHECK(shown.ends_with("@example.org/ is no wheel"));
}

}  // namespace
}  // namespace ensure::bootstrap
