#include "bundled/payload/manifest.h"
#include "installer/base/error.h"
#include "tests/support/catch.h"

namespace ensure::bundled {

namespace {

/// The visited files as text, one a line.
std::string listed(std::string_view unpacked) {
  std::string list;
  visit_files(unpacked, true, [&](const BundledFile& file) {
    list += std::string(file.path) + "=" + std::string(file.content) +
            (file.executable ? " executable" : "") + (file.bytecode ? " bytecode\n" : "\n");
  });
  return list;
}

}  // namespace

TEST_CASE("Files come out of a frame as they went in", "[bundled][visit_files]") {
  const std::string frame = encode_files({{.path = "a/b", .content = "one"},
                                          {.path = "a/c", .content = ""},
                                          {.path = "d", .content = "two", .executable = true}});
  CHECK(listed(frame) == "a/b=one bytecode\na/c= bytecode\nd=two executable bytecode\n");
  CHECK(listed(encode_files({})).empty());
}

TEST_CASE("Nothing unpacked holds no files", "[bundled][visit_files]") {
  CHECK(listed("").empty());
}

TEST_CASE("A frame whose table and content disagree is refused", "[bundled][visit_files]") {
  const std::string frame = encode_files({{.path = "a", .content = "one"}});
  for (std::size_t size = 1; size < frame.size(); ++size) {
    CHECK_THROWS_AS(listed(frame.substr(0, size)), base::Error);
  }
  CHECK_THROWS_AS(listed(frame + "x"), base::Error);
}

}  // namespace ensure::bundled
