#include "installer/index/downloads/file_body.h"

#include <string>

#include "installer/base/directory.h"
#include "tests/support/catch.h"
#include "tests/support/temp_dir.h"

namespace ensure::index {
namespace {

using base::DigestAlgorithm;

std::string large_text(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 % 251);
  return text;
}

TEST_CASE("a body is the same in memory and in a file", "[index][FileBody]") {
  const tests::TempDir directory;
  const std::size_t size = GENERATE(as<std::size_t>(), 0, 1, 1000, 5'000'000, 9'000'000);
  const std::string text = large_text(size);
  for (const bool has_directory : {true, false}) {
    for (const bool knows_size : {true, false}) {
      FileBody body({DigestAlgorithm::kSha256, DigestAlgorithm::kSha512},
                    has_directory ? directory.path() : "/nonexistent");
      body.begin(0, knows_size ? std::optional<std::uint64_t>(size) : std::nullopt);
      for (std::size_t place = 0; place < size; place += 700'000) {
        body.write(std::string_view(text).substr(place, 700'000));
      }
      CHECK(body.size() == size);
      CHECK(body.offset() == 0);
      CHECK(body.digest(DigestAlgorithm::kSha256) == base::sha256(text));
      CHECK(base::to_hex(body.digest(DigestAlgorithm::kSha512)).size() == 128);
      CHECK(body.take().bytes == text);
    }
  }
  CHECK(base::list_directory(directory.path()).empty());
}

TEST_CASE("a body that was cut off goes on or starts over", "[index][FileBody]") {
  const tests::TempDir directory;
  const std::string text = large_text(6'000'000);
  const std::size_t resumed_at = GENERATE(as<std::size_t>(), 0, 1, 3'000'000, 5'000'000);
  FileBody body({DigestAlgorithm::kSha256}, directory.path());
  body.begin(0, std::nullopt);
  body.write(std::string_view(text).substr(0, 5'000'000));
  body.begin(resumed_at, text.size());
  body.write(std::string_view(text).substr(resumed_at));
  CHECK(body.digest(DigestAlgorithm::kSha256) == base::sha256(text));
  CHECK(body.take().bytes == text);
}

TEST_CASE("a part of a file says where it begins", "[index][FileBody]") {
  FileBody body({DigestAlgorithm::kSha256}, {});
  body.begin(90, 100);
  body.write("01234");
  body.begin(95, 100);
  body.write("56789");
  CHECK(body.offset() == 90);
  CHECK(body.take().bytes == "0123456789");

  FileBody whole({DigestAlgorithm::kSha256}, {});
  whole.begin(90, 100);
  whole.write("01234");
  whole.begin(0, 4);  // a server that has forgotten what a range is
  whole.write("abcd");
  CHECK(whole.offset() == 0);
  CHECK(whole.digest(DigestAlgorithm::kSha256) == base::sha256("abcd"));
  CHECK_THROWS_AS(whole.begin(10, 20), base::Error);
}

}  // namespace
}  // namespace ensure::index
