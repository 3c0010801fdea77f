#include "installer/sdist/tar_reader.h"

#include "refused.h"
#include "tests/support/catch.h"
#include "tests/support/tar_builder.h"

namespace ensure::sdist {

namespace {

using testing::TarMember;

const wheel::ArchiveErrors kRefusal("demo.tar");

/// "path=content" of files, "path/" of folders, "path->target" of links; "*" behind executables.
std::string described(const std::string& bytes) {
  std::string text;
  for (const SourceEntry& entry : read_tar(bytes, kRefusal).entries) {
    text += text.empty() ? "" : " ";
    text += entry.path;
    if (entry.kind == SourceEntry::Kind::kFolder) text += '/';
    if (entry.kind == SourceEntry::Kind::kLink) text += "->" + entry.target;
    if (entry.kind == SourceEntry::Kind::kFile) text += "=" + std::string(entry.content);
    if (entry.kind == SourceEntry::Kind::kFile && entry.executable) text += '*';
  }
  return text;
}

std::string refused(const std::string& bytes) {
  return refusal_of([&] { return read_tar(bytes, kRefusal); });
}

TEST_CASE("files, folders and links", "[sdist][tar]") {
  CHECK(described(testing::tar({{.path = "./", .type = '5'},
                                {.path = "./a/", .type = '5'},
                                {.path = "a/run", .content = "1", .mode = 0755},
                                {.path = "a/old/", .type = '\0'},
                                {.path = "a/same", .type = '1', .target = "./a/run"},
                                {.path = "a/link", .type = '2', .target = "run"}})) ==
        "a/ a/run=1* a/old/ a/same=1* a/link->run");
  CHECK(
      read_tar(testing::tar({{.path = "a", .modified = 5}, {.path = "b", .modified = 9}}), kRefusal)
          .newest == 9);
}

TEST_CASE("long names of both kinds", "[sdist][tar]") {
  const std::string name = std::string(120, 'n') + "/" + std::string(120, 'm');
  CHECK(described(
            testing::tar({{.path = "x", .content = testing::pax_record("path", name), .type = 'x'},
                          {.path = "short", .content = "1"},
                          {.path = "next", .content = "2"}})) == name + "=1 next=2");
  CHECK(described(testing::tar({{.path = "././@LongLink", .content = name + '\0', .type = 'L'},
                                {.path = "short", .content = "1"}})) == name + "=1");
  CHECK(described(testing::tar({{.path = "././@LongLink", .content = name + '\0', .type = 'K'},
                                {.path = "link", .type = '2', .target = "short"}})) ==
        "link->" + name);
  CHECK(described(
            testing::tar({{.path = "x", .content = testing::pax_record("size", "1"), .type = 'x'},
                          {.path = "a", .content = "1", .size = "00000000000 "}})) == "a=1");
}

TEST_CASE("a comment for the whole archive is nobody's name", "[sdist][tar]") {
  CHECK(described(testing::tar({{.path = "pax_global_header",
                                 .content = testing::pax_record("comment", "0123456789"),
                                 .type = 'g'},
                                {.path = "a", .content = "1"}})) == "a=1");
  CHECK_FALSE(
      refused(testing::tar({{.path = "g", .content = testing::pax_record("path", "b"), .type = 'g'},
                            {.path = "a"}}))
          .empty());
}

TEST_CASE("what is neither file, folder nor link is refused", "[sdist][tar]") {
  for (const char type : {'3', '4', '6', 'S', 'V', 'Z'}) {
    CAPTURE(type);
    CHECK(refused(testing::tar({{.path = "odd", .type = type}})).find("neither") !=
          std::string::npos);
  }
  CHECK_FALSE(refused(testing::tar({{.path = "x",
                                     .content = testing::pax_record("GNU.sparse.major", "1"),
                                     .type = 'x'},
                                    {.path = "a"}}))
                  .empty());
}

TEST_CASE("archives that are cut off or go on are refused", "[sdist][tar]") {
  const std::string sound = testing::tar({{.path = "a", .content = std::string(600, 'x')}});
  CHECK(refused(sound).empty());
  CHECK(refused(sound + std::string(9000, '\0')).empty());
  for (const std::size_t size : {0U, 100U, 512U, 600U, 1024U, 1536U}) {
    CAPTURE(size);
    CHECK_FALSE(refused(sound.substr(0, size)).empty());
  }
  CHECK_FALSE(refused(sound + "more").empty());
  CHECK_FALSE(refused(testing::tar({{.path = "a", .size = "77777777777 "}})).empty());
  CHECK_FALSE(
      refused(
          testing::tar({{.path = "x", .content = testing::pax_record("path", "a"), .type = 'x'}}))
          .empty());
}

TEST_CASE("contradictions are refused", "[sdist][tar]") {
  for (const TarMember& member :
       {TarMember{.path = "a/", .content = "1", .type = '5'},
        TarMember{.path = "a/", .content = "1"},
        TarMember{.path = "a", .content = "1", .type = '2', .target = "b"},
        TarMember{.path = "a", .type = '1', .target = "missing"},
        TarMember{.path = "x", .content = "3 a=1\n", .type = 'x'},
        TarMember{.path = "x", .content = "99 a=1\n", .type = 'x'},
        TarMember{.path = "x", .content = "6 ab1\n", .type = 'x'},
        TarMember{.path = "x", .content = testing::pax_record("size", "many"), .type = 'x'}}) {
    CAPTURE(member.path, member.content);
    CHECK_FALSE(refused(testing::tar({member, {.path = "b"}})).empty());
  }
}

TEST_CASE("every cut and every changed byte of a header is survived", "[sdist][tar]") {
  const std::string sound =
      testing::tar({{.path = "x", .content = testing::pax_record("path", "long"), .type = 'x'},
                    {.path = "a", .content = "1"}});
  for (std::size_t place = 0; place < 1536; ++place) {
    for (const char byte : {'\0', '7', '\xff', ' '}) {
      std::string changed = sound;
      changed[place] = byte;
      (void)refused(changed);
    }
    (void)refused(sound.substr(0, place));
  }
  SUCCEED();
}

}  // namespace

}  // namespace ensure::sdist
