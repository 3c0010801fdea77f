#include "installer/specs/metadata/record.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the origin of an archive has its digest and no secret", "[specs][direct_url]") {
  const base::Url url = base::Url::parse("https://user:secret@x.test/a%20b.whl#sha256=00");
  CHECK(direct_url_json(url, ArchiveOrigin{"ab"}, "sub") ==
        R"({"archive_info":{"hash":"sha256=ab","hashes":{"sha256":"ab"}},)"
        R"("subdirectory":"sub","url":"https://x.test/a%20b.whl"})");
}

TEST_CASE("the origin of a directory has no digest", "[specs][direct_url]") {
  const base::Url url = base::Url::parse("file:///p");
  CHECK(direct_url_json(url, DirectoryOrigin{}, "") == R"({"dir_info":{},"url":"file:///p"})");
  CHECK(direct_url_json(url, DirectoryOrigin{.editable = true}, "") ==
        R"({"dir_info":{"editable":true},"url":"file:///p"})");
}

TEST_CASE("the origin of a repository has its commit", "[specs][direct_url]") {
  CHECK(direct_url_json(base::Url::parse("ssh://git@x.test/p.git"), RepositoryOrigin{"v1", "ab"},
                        "") ==
        R"({"url":"ssh://git@x.test/p.git",)"
        R"("vcs_info":{"commit_id":"ab","requested_revision":"v1","vcs":"git"}})");
  CHECK(direct_url_json(base::Url::parse("https://token@x.test/p"), RepositoryOrigin{"", "ab"},
                        "sub") == R"({"subdirectory":"sub","url":"https://x.test/p",)"
                                  R"("vcs_info":{"commit_id":"ab","vcs":"git"}})");
}

}  // namespace ensure::specs
