#include "bootstrap/build/git.h"

#include <string>

#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::build {

TEST_CASE("a URL of git has a revision and a fragment", "[build][git]") {
  struct Case {
    std::string text;
    std::string url;
    std::string revision;
    std::string fragment;
  };
  for (const Case& one : {
           Case{"git+https://x.test/p.git", "https://x.test/p.git", "", ""},
           Case{"git+https://x.test/p.git@v1#subdirectory=a", "https://x.test/p.git", "v1",
                "subdirectory=a"},
           Case{"GIT+ssh://git@x.test/p@feature/x", "ssh://git@x.test/p", "feature/x", ""},
           Case{"git+ssh://git@x.test/p", "ssh://git@x.test/p", "", ""},
           Case{"git+file:///a/b@main", "file:///a/b", "main", ""},
           Case{"git+https://user:pw@x.test:8443/p@a%40b", "https://user:pw@x.test:8443/p", "a@b",
                ""},
       }) {
    INFO(one.text);
    CHECK(is_git_url(one.text));
    const GitReference reference = GitReference::parse(one.text);
    CHECK(reference.url.to_string() == one.url);
    CHECK(reference.revision == one.revision);
    CHECK(reference.fragment == one.fragment);
  }
  CHECK_FALSE(is_git_url("https://x.test/p.git"));
}

TEST_CASE("an unsafe URL of git is refused", "[build][git]") {
  for (const char* const text :
       {"git+git://x.test/p", "git+ext::sh", "git+https://x.test/p@-x",
        "git+https://x.test/p@a%0Ab", "git+https:///p", "git+ftp://x.test/p"}) {
    INFO(text);
    CHECK_THROWS_AS(GitReference::parse(text), base::Error);
  }
}

TEST_CASE("only a whole name of a commit is one", "[build][git]") {
  const std::string commit(40, 'a');
  CHECK(GitReference::parse("git+https://x.test/p@" + commit).names_commit());
  CHECK_FALSE(GitReference::parse("git+https://x.test/p@" + commit.substr(1)).names_commit());
  CHECK_FALSE(GitReference::parse("git+https://x.test/p@v1").names_commit());
}

}  // namespace ensure::build
