#include "installer/net/transfer/receiver.h"

#include "tests/support/catch.h"

namespace {

using namespace ensure;
using namespace ensure::net;
using Headers = std::vector<Header>;

Response response(int status, Headers headers) {
  return {.status = status,
          .url = base::Url::parse("https://host/f"),
          .headers = std::move(headers),
          .body = {}};
}

TEST_CASE("a download can go on where something tells a change", "[net][ResumePoint]") {
  const auto can = [](Headers headers, bool length_suffices = false) {
    return ResumePoint::of(response(200, std::move(headers)), length_suffices).has_value();
  };
  CHECK(can({{"ETag", "\"1\""}}));
  CHECK(can({{"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}}));
  CHECK_FALSE(can({{"ETag", "W/\"1\""}, {"Content-Length", "5"}}));
  CHECK_FALSE(can({{"Content-Length", "5"}}));
  CHECK(can({{"Content-Length", "5"}}, true));
  CHECK_FALSE(can({}, true));
  CHECK_FALSE(can({{"Content-Length", "x"}}, true));
  CHECK_FALSE(can({{"ETag", "\"1\""}, {"Content-Encoding", "gzip"}}));
  CHECK(can({{"ETag", "\"1\""}, {"Content-Encoding", "identity"}}));
  CHECK_FALSE(can({{"ETag", "\"1\""}, {"Accept-Ranges", "none"}}));
}

TEST_CASE("the strongest validator goes into If-Range", "[net][ResumePoint]") {
  const auto ask = [](Headers headers) {
    std::string text;
    for (const Header& header :
         ResumePoint::of(response(200, std::move(headers)), true)->headers(10)) {
      text += header.name + "=" + header.value + ";";
    }
    return text;
  };
  CHECK(ask({{"ETag", "\"1\""}, {"Last-Modified", "then"}}) == "Range=bytes=10-;If-Range=\"1\";");
  CHECK(ask({{"ETag", "W/\"1\""}, {"Last-Modified", "then"}}) == "Range=bytes=10-;If-Range=then;");
  CHECK(ask({{"Content-Length", "20"}}) == "Range=bytes=10-;");
}

TEST_CASE("only the rest of the same file continues a download", "[net][ResumePoint]") {
  const auto point =
      ResumePoint::of(response(200, {{"ETag", "\"1\""}, {"Content-Length", "20"}}), false);
  const auto continues = [&point](Headers headers) {
    return point->is_continued_by(response(206, std::move(headers)), 10);
  };
  CHECK(continues({{"Content-Range", "bytes 10-19/20"}}));
  CHECK(continues({{"Content-Range", "bytes 10-19/*"}, {"ETag", "\"1\""}}));
  CHECK_FALSE(continues({{"Content-Range", "bytes 10-19/20"}, {"ETag", "\"2\""}}));
  CHECK_FALSE(continues({{"Content-Range", "bytes 10-19/21"}}));
  CHECK_FALSE(continues({{"Content-Range", "bytes 10-18/20"}}));
  CHECK_FALSE(continues({{"Content-Range", "bytes 11-19/20"}}));
  CHECK_FALSE(continues({{"Content-Range", "bytes 0-19/20"}}));
  CHECK_FALSE(continues({{"Content-Type", "multipart/byteranges"}}));
}

}  // namespace
