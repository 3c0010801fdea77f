#include "installer/specs/metadata/record.h"
#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the origin of an archive has its digest and no secret", "[specs][direct_url]") {
  const base::Url url = base::Url::parse("https://user:secret@x.test/a%20b.whl#sha256=00");
  CHECK(direct_url_json(url, "ab", "sub") ==
        R"({"archive_info":{"hash":"sha256=ab","hashes":{"sha256":"ab"}},)"
        R"("subdirectory":"sub","url":"https://x.test/a%20b.whl"})");
}

TEST_CASE("the origin of a directory has no digest", "[specs][direct_url]") {
  CHECK(direct_url_json(base::Url::parse("file:///p"), "", "") ==
        R"({"dir_info":{},"url":"file:///p"})");
}

}  // namespace ensure::specs
