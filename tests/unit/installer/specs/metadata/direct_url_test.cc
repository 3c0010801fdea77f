#include "installer/specs/metadata/direct_url.h"

#include "tests/support/catch.h"

namespace ensure::specs {

TEST_CASE("the origin of an archive tells its digest and no secret", "[specs][DirectUrl]") {
  const DirectUrl origin{base::Url::parse("https://user:secret@x.test/a%20b.whl#sha256=00"), "ab",
                         false, "sub"};
  CHECK(origin.to_json() == R"({"archive_info":{"hash":"sha256=ab","hashes":{"sha256":"ab"}},)"
                            R"("subdirectory":"sub","url":"https://x.test/a%20b.whl"})");
}

TEST_CASE("the origin of a folder tells whether it is linked to", "[specs][DirectUrl]") {
  DirectUrl origin{base::Url::parse("file:///p"), std::nullopt, false, ""};
  CHECK(origin.to_json() == R"({"dir_info":{},"url":"file:///p"})");
  origin.is_editable = true;
  CHECK(origin.to_json() == R"({"dir_info":{"editable":true},"url":"file:///p"})");
}

}  // namespace ensure::specs
