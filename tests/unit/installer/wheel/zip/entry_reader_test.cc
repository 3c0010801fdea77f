#include "installer/wheel/zip/entry_reader.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/wheel/zip/zip_directory.h"
#include "tests/support/catch.h"
#include "tests/support/wheel_builder.h"

using ensure::base::Error;
using ensure::testing::ZipFields;
using ensure::testing::ZipImage;
using ensure::testing::ZipMember;
using ensure::wheel::EntryReader;
using ensure::wheel::read_entry;
using ensure::wheel::ZipDirectory;
using ensure::wheel::ZipEntry;

namespace {

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  return bytes;
}

/// The content of the only member of an archive.
std::string read_only_member(const ZipMember& member) {
  const std::string bytes = ZipImage{.members = {member}}.write();
  const ZipDirectory directory = ZipDirectory::parse(bytes, "test.zip");
  return read_entry(directory.entries().front(), directory.errors());
}

/// Puts the same lie into both headers, so that the audit has nothing to say.
ZipMember lying(std::string content, const std::function<void(ZipFields&)>& lie) {
  ZipMember member{.path = "f", .content = std::move(content)};
  member.lie = [lie](ZipFields& local, ZipFields& central) {
    lie(local);
    lie(central);
  };
  return member;
}

}  // namespace

TEST_CASE("all files of an archive are read in turn", "[wheel][EntryReader]") {
  ZipImage image;
  const std::vector<std::size_t> sizes = {0, 1, 100, 65536, 262143, 262144, 262145, 1000000, 0, 7};
  for (const bool deflated : {true, false}) {
    for (const std::size_t size : sizes) {
      const std::string path = std::to_string(image.members.size());
      image.members.push_back({.path = path, .content = noise(size), .deflated = deflated});
      image.members.push_back(
          {.path = path + "x", .content = std::string(size, 'x'), .deflated = deflated});
    }
  }
  const std::string bytes = image.write();
  const ZipDirectory directory = ZipDirectory::parse(bytes, "test.zip");
  std::vector<const ZipEntry*> files;
  for (const ZipEntry& entry : directory.entries()) files.push_back(&entry);
  EntryReader reader(files, directory.errors());
  for (const ZipMember& member : image.members) {
    CAPTURE(member.path);
    CHECK(reader.next() == member.content);
  }
}

TEST_CASE("the content of an entry may look like a ZIP archive", "[wheel][EntryReader]") {
  const std::string inner = ZipImage{.members = {{.path = "a", .content = "b"}}}.write();
  for (const bool deflated : {true, false}) {
    CHECK(read_only_member({.path = "f", .content = inner, .deflated = deflated}) == inner);
  }
}

TEST_CASE("files that share one reader may be skipped over", "[wheel][EntryReader]") {
  const std::string bytes = ZipImage{.members = {{.path = "a", .content = "first"},
                                                 {.path = "b", .content = "second"},
                                                 {.path = "c", .content = "third"}}}
                                .write();
  const ZipDirectory directory = ZipDirectory::parse(bytes, "test.zip");
  EntryReader reader({directory.find("c"), directory.find("a")}, directory.errors());
  CHECK(reader.next() == "third");
  CHECK(reader.next() == "first");
}

TEST_CASE("damaged content is refused", "[wheel][EntryReader]") {
  const std::string text(300000, 't');
  std::string two_streams = ensure::testing::deflate(text);
  two_streams += ensure::testing::deflate("hidden");
  std::string cut = ensure::testing::deflate(noise(1000));
  cut.resize(cut.size() - 10);
  struct Case {
    const char* what;
    ZipMember member;
  };
  const std::vector<Case> cases = {
      {"wrong CRC", lying(text, [](ZipFields& fields) { fields.crc32 ^= 1U; })},
      {"larger than said", lying(text, [](ZipFields& fields) { fields.size -= 1; })},
      {"smaller than said", lying(text, [](ZipFields& fields) { fields.size += 1; })},
      {"said to be empty", lying(text, [](ZipFields& fields) { fields.size = 0; })},
      {"data behind the end of the stream", {.path = "f", .content = text, .packed = two_streams}},
      {"stream cut off", {.path = "f", .content = noise(1000), .packed = cut}},
      {"no stream at all", {.path = "f", .content = text, .packed = std::string(400, '\xFF')}},
      {"other content of the same size",
       {.path = "f", .content = text, .packed = ensure::testing::deflate(noise(300000))}},
      {"stored content changed",
       {.path = "f", .content = "abc", .deflated = false, .packed = "abd"}},
  };
  for (const Case& test : cases) {
    CAPTURE(test.what);
    try {
      static_cast<void>(read_only_member(test.member));
      FAIL_CHECK("was accepted");
    } catch (const Error& error) {
      CHECK(error.exit_code() == ensure::base::ExitCode::kVerification);
      CHECK(error.message() == "`test.zip` is refused: `f` has content that is damaged");
      CHECK_FALSE(error.hints().empty());
    }
  }
}
