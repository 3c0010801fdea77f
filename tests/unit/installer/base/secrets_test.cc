#include "installer/base/secrets.h"

#include <cstddef>
#include <string>
#include <vector>

#include "installer/base/url.h"
#include "tests/support/catch.h"
#include "tests/support/growth.h"

namespace ensure::base {
namespace {

struct Row {
  std::string text;
  std::string shown;
};

TEST_CASE("Users and passwords are hidden in whatever text they stand", "[base][secrets]") {
  for (const Row& row : {
           Row{"`https://u:pass@h.test/x` and y", "`https://u:****@h.test/x` and y"},
           Row{"https://token@h.test/", "https://****@h.test/"},
           Row{"https://u:a/b@h.test/x", "https://****@h.test/x"},
           Row{"https://u:a#b@h.test/x", "https://****@h.test/x"},
           Row{"https://u:a?b@h.test/x", "https://****@h.test/x"},
           Row{"https://u:12/34@h.test/x", "https://****@h.test/x"},
           Row{"https://to/ken@h.test/x", "https://****@h.test/x"},
           Row{"https://u:a@b.c/d@h.test/x", "https://****@h.test/x"},
           Row{"`https://u:a b@h.test/x` is", "`https://u:****@h.test/x` is"},
           Row{"`https://u:a`b@h.test/x` is", "`https://u:****@h.test/x` is"},
           Row{"'http://u:a/b@h.test'", "'http://****@h.test'"},
           Row{"https://u:pass", "https://u:****"},
           Row{"u:pass@h.test/x", "****@h.test/x"},
           Row{"u:a/b#c?d@h.test/x", "****@h.test/x"},
           Row{"file:///directory/u:pass@h.test/x", "file://****@h.test/x"},
           Row{"`/directory/u:pass@h.test/x`, then", "`****@h.test/x`, then"},
           Row{"https:u:pass@h.test/x", "****@h.test/x"},
           Row{"a@https://u:pass@h.test/", "a@https://u:****@h.test/"},
           Row{"https://h.test/?token=a&x=1#f", "https://h.test/?token=****&x=1#f"},
           Row{"https://u:p@h.test/?sig=a https://v:q@h.test/",
               "https://u:****@h.test/?sig=**** https://v:****@h.test/"},
       }) {
    CAPTURE(row.text);
    CHECK(without_secrets(row.text) == row.shown);
  }
}

TEST_CASE("Texts without secrets stay as they are", "[base][secrets]") {
  for (const std::string text :
       {"git+ssh://git@h.test/x.git@v1.0", "git+https://h.test/x.git@v1.0#egg=x",
        "git@h.test:x/y.git", "a @ https://h.test/x ; b", "line 3: `a@b`", "file:///a@b/c", "a@b:c",
        "https://h.test/@x/y", "`x` is no URL: see `y`"}) {
    CAPTURE(text);
    CHECK(without_secrets(text) == text);
  }
}

TEST_CASE("An input is hidden up to its last \"@\"", "[base][secrets]") {
  CHECK(input_with_secrets_starred("a @ https://u:p q'r@h.test/x") ==
        "a @ https://u:*****@h.test/x");
  CHECK(input_with_secrets_starred("u:p q@h.test") == "*****@h.test");
  CHECK(input_without_secrets("u:p q@h.test") == "****@h.test");
  CHECK(input_without_secrets("requirements.txt") == "requirements.txt");
}

TEST_CASE("Values that are kept secret are hidden in every form", "[base][secrets]") {
  keep_secret("kept/value", "${KEPT}");
  keep_secret("k7", "****");
  CHECK(holds_secret("https://h.test/kept%2Fvalue/x"));
  CHECK_FALSE(holds_secret("https://h.test/kept/x"));
  CHECK(without_secrets("at https://h.test/kept/value/x") == "at https://h.test/${KEPT}/x");
  CHECK(without_secrets("https://h.test/k7/pack7/") == "https://h.test/****/pack7/");
  CHECK(Url::parse("https://h.test/kept/value/x").redacted() == "https://h.test/${KEPT}/x");
}

TEST_CASE("A password that breaks its URL is noticed", "[base][secrets]") {
  CHECK(has_stray_userinfo("https://u:12/34@h.test/"));
  CHECK(has_stray_userinfo("https://u:#x@h.test/"));
  CHECK_FALSE(has_stray_userinfo("https://u:p@h.test/a"));
  CHECK_FALSE(has_stray_userinfo("https://h.test/a@b"));
  CHECK_FALSE(has_stray_userinfo("a@b"));
}

TEST_CASE("Nested URLs share their parameters", "[base][secrets]") {
  for (const Row& row : {
           Row{"https://h.test/?a=http://i.test/?token=x&b=1",
               "https://h.test/?a=http://i.test/?token=****&b=1"},
           Row{"https://h.test/?token=http://i.test/?a=x&b=1", "https://h.test/?token=****&b=1"},
           Row{"https://h.test/?sig?a=x&b=1", "https://h.test/?sig?a=****&b=1"},
           Row{"https://h.test/#?token=x", "https://h.test/#?token=x"},
           Row{"https://h.test/#http://i.test?token=x#y",
               "https://h.test/#http://i.test?token=****#y"},
       }) {
    CAPTURE(row.text);
    CHECK(without_secrets(row.text) == row.shown);
  }
}

TEST_CASE("Long texts take linear time", "[base][secrets][bounds]") {
  keep_secret("k8", "****");
  for (const std::string text : {"a ", "@ ", "://", "://?", "://?token=", "://a?&=", "://@",
                                 "://a@", "a@:", "`", "`a", "k8 ", "k8/"}) {
    CAPTURE(text);
    const auto prepare = [&text](std::size_t n) {
      std::string all = "https://h.test/";
      for (std::size_t i = 0; i < n; ++i) all += text;
      return [all] {
        (void)without_secrets(all);
        (void)input_with_secrets_starred(all);
      };
    };
    CHECK(tests::growth(4'000, prepare) < tests::kMostGrowth);
  }
}

}  // namespace
}  // namespace ensure::base
