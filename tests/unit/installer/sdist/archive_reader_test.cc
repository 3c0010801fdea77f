#include "installer/sdist/archive_reader.h"

#include <map>

#include "refused.h"
#include "tests/support/catch.h"
#include "tests/support/tar_builder.h"

namespace ensure::sdist {

namespace {

using testing::TarMember;

const wheel::ArchiveErrors kErrors("demo.tar");

SourceContent read(const std::string& bytes, const std::string& name = "demo.tar",
                   std::uint64_t largest = kLargestUnpacked) {
  return read_tar(name, bytes, kErrors, largest);
}

/// "path=content" of files, "path/" of directories, "path->target" of links; "*" behind
/// executables.
std::string described(const std::string& bytes, const std::string& name = "demo.tar") {
  std::string text;
  const SourceContent content = read(bytes, name);
  for (const SourceEntry& entry : content.entries) {
    text += text.empty() ? "" : " ";
    text += entry.path;
    if (entry.kind == SourceEntry::Kind::kDirectory) text += '/';
    if (entry.kind == SourceEntry::Kind::kLink) text += "->" + entry.target;
    if (entry.kind == SourceEntry::Kind::kFile) text += "=" + std::string(entry.content);
    if (entry.kind == SourceEntry::Kind::kFile && entry.executable) text += '*';
  }
  return text;
}

std::string refused(const std::string& bytes, const std::string& name = "demo.tar",
                    std::uint64_t largest = kLargestUnpacked) {
  return refusal_of([&] { return read(bytes, name, largest); });
}

std::string refused_member(const TarMember& member) { return refused(testing::tar({member})); }

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// One archive in every compression, by suffix.
std::map<std::string, std::string> in_every_form(const std::string& tar) {
  return {{".tar.gz", testing::gzip(tar)},
          {".tgz", testing::gzip(tar)},
          {".tar.bz2", testing::compressed(tar, "bzip2")},
          {".tbz", testing::compressed(tar, "bzip2")},
          {".tar.xz", testing::compressed(tar, "xz")},
          {".txz", testing::compressed(tar, "xz")},
          {".tar.zst", testing::compressed(tar, "zstd")}};
}

std::string varied_text(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; i < size; ++i)
    text += static_cast<char>('a' + (i * i % 251 + i / 7) % 26);
  return text;
}

const std::string kSound = testing::tar({{.path = "a", .content = varied_text(50'000)}});

TEST_CASE("the suffix selects the compression", "[sdist][archive]") {
  const std::string tar = testing::tar({{.path = "a", .content = "1"}});
  for (const auto& [suffix, bytes] : in_every_form(tar)) {
    CAPTURE(suffix);
    CHECK(is_tar_name("demo" + suffix));
    CHECK(described(bytes, "demo" + suffix) == "a=1");
  }
  for (const char* name : {"demo.zip", "demo.tar.Z", "demo.gz", "demo.tar.lz", "demo.tar.br", ""}) {
    CAPTURE(name);
    CHECK_FALSE(is_tar_name(name));
  }
}

TEST_CASE("another compression than that of the suffix is refused", "[sdist][archive]") {
  const auto forms = in_every_form(kSound);
  for (const auto& [suffix, bytes] : forms) {
    CAPTURE(suffix);
    CHECK_FALSE(refused(bytes).empty());
    CHECK_FALSE(refused(kSound, "demo" + suffix).empty());
    CHECK_FALSE(refused("not an archive, but long enough for one", "demo" + suffix).empty());
    CHECK_FALSE(refused("", "demo" + suffix).empty());
    for (const auto& [other, _] : forms) {
      const bool is_same = forms.at(other).substr(0, 4) == bytes.substr(0, 4);
      if (!is_same) CHECK_FALSE(refused(bytes, "demo" + other).empty());
    }
  }
}

TEST_CASE("an archive that is compressed twice is refused", "[sdist][archive]") {
  CHECK(contains(refused(testing::gzip(testing::gzip(kSound)), "demo.tar.gz"), "suffix"));
  for (const char* filter : {"bzip2", "xz", "zstd"}) {
    CAPTURE(filter);
    const std::map<std::string, std::string> suffixes{
        {"bzip2", ".tar.bz2"}, {"xz", ".tar.xz"}, {"zstd", ".tar.zst"}};
    const std::string twice = testing::compressed(testing::compressed(kSound, filter), filter);
    CHECK(contains(refused(twice, "demo" + suffixes.at(filter)), "suffix"));
  }
}

TEST_CASE("damaged and truncated compression is refused", "[sdist][archive]") {
  for (const auto& [suffix, sound] : in_every_form(kSound)) {
    CAPTURE(suffix);
    const std::string name = "demo" + suffix;
    CHECK(refused(sound, name).empty());
    CHECK(refused(sound + std::string(512, '\0'), name).empty() == (suffix != ".tar.zst"));
    CHECK_FALSE(refused(sound + "rest", name).empty());
    for (const std::size_t missing : {1U, 4U, 9U, 30U}) {
      CHECK_FALSE(refused(sound.substr(0, sound.size() - missing), name).empty());
    }
    std::string damaged = sound;
    damaged[damaged.size() / 2] ^= 1;
    if (suffix != ".tar.zst") CHECK_FALSE(refused(damaged, name).empty());
  }
}

TEST_CASE("a wrong gzip checksum is refused", "[sdist][archive]") {
  std::string damaged = testing::gzip(kSound);
  damaged[damaged.size() - 6] ^= 1;
  CHECK(contains(refused(damaged, "demo.tar.gz"), "checksum"));
  const std::size_t half = kSound.size() / 2;
  const std::string members =
      testing::gzip(kSound.substr(0, half)) + testing::gzip(kSound.substr(half));
  CHECK(contains(refused(members, "demo.tar.gz"), "checksum"));
}

TEST_CASE("decompression ends at the limit", "[sdist][archive]") {
  for (const auto& [suffix, bytes] : in_every_form(kSound)) {
    CAPTURE(suffix);
    CHECK(refused(bytes, "demo" + suffix, kSound.size()).empty());
    CHECK(contains(refused(bytes, "demo" + suffix, kSound.size() - 1), "unpacks to more"));
  }
}

TEST_CASE("a prefix stands before the name, in the formats that have one", "[sdist][tar]") {
  CHECK(described(testing::tar({{.path = "b", .prefix = "a"}})) == "a/b=");
  CHECK(described(testing::tar({{.path = "b", .magic = "ustar  ", .prefix = ""}})) == "b=");
  CHECK(described(testing::tar({{.path = std::string(100, 'n')}})) == std::string(100, 'n') + "=");
}

TEST_CASE("a size is octal or binary", "[sdist][tar]") {
  CHECK(described(testing::tar({{.path = "a",
                                 .content = "12",
                                 .size = std::string("\x80\0\0\0\0\0\0\0\0\0\0\2", 12)}})) ==
        "a=12");
  CHECK(described(testing::tar({{.path = "a", .content = "12", .size = "         02 "}})) ==
        "a=12");
  CHECK_FALSE(refused_member({.path = "a", .size = std::string(12, '\xff')}).empty());
  CHECK_FALSE(refused_member({.path = "a", .size = "\x80" + std::string(11, '\xff')}).empty());
}

TEST_CASE("a wrong checksum is refused", "[sdist][tar]") {
  CHECK_FALSE(refused_member({.path = "a", .right_checksum = false}).empty());
}

TEST_CASE("names are not changed, whatever the locale", "[sdist][tar]") {
  const std::string composed = "\xC3\xA4";
  const std::string decomposed = "a\xCC\x88";
  for (const std::string& name : {composed, decomposed}) {
    CHECK(described(testing::tar({{.path = name, .content = "1"}})) == name + "=1");
    CHECK(described(testing::tar(
              {{.path = "x", .content = testing::pax_record("path", name), .type = 'x'},
               {.path = "short", .content = "1"}})) == name + "=1");
    CHECK(described(testing::tar(
              {{.path = "x", .content = testing::pax_record("linkpath", name), .type = 'x'},
               {.path = "link", .type = '2', .target = "short"}})) == "link->" + name);
  }
}

TEST_CASE("files, directories and links", "[sdist][tar]") {
  CHECK(described(testing::tar({{.path = "./", .type = '5'},
                                {.path = "./a/", .type = '5'},
                                {.path = "a/run", .content = "1", .mode = 0755},
                                {.path = "a/old/", .type = '\0'},
                                {.path = "a/same", .type = '1', .target = "./a/run"},
                                {.path = "a/link", .type = '2', .target = "run"}})) ==
        "a/ a/run=1* a/old/ a/same=1* a/link->run");
  CHECK(read(testing::tar({{.path = "a", .modified = 5}, {.path = "b", .modified = 9}})).newest ==
        9);
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

TEST_CASE("a comment may be for all entries, a name or a size may not", "[sdist][tar]") {
  const auto with_global = [](const std::string& records) {
    return testing::tar({{.path = "pax_global_header", .content = records, .type = 'g'},
                         {.path = "a", .content = "1"}});
  };
  const std::string comment = testing::pax_record("comment", "0123456789");
  CHECK(described(with_global(comment)) == "a=1");
  for (const char* const key : {"path", "linkpath", "size"}) {
    CAPTURE(key);
    CHECK(contains(refused(with_global(testing::pax_record(key, "1"))), "all entries"));
    CHECK(contains(refused(with_global(comment + testing::pax_record(key, "1"))), "all entries"));
  }
}

TEST_CASE("a header that libarchive skips is refused", "[sdist][tar]") {
  CHECK(
      contains(refused(testing::tar({{.path = "odd", .type = 'V'}, {.path = "a", .content = "1"}})),
               "neither"));
}

TEST_CASE("a sparse file is refused", "[sdist][tar]") {
  for (const auto& [key, value] : std::map<std::string, std::string>{{"GNU.sparse.major", "1"},
                                                                     {"GNU.sparse.map", "0,1"},
                                                                     {"GNU.sparse.name", "b"},

                                                                     {"SCHILY.realsize", "7"}}) {
    CAPTURE(key);
    CHECK_FALSE(refused(testing::tar(
                            {{.path = "x", .content = testing::pax_record(key, value), .type = 'x'},
                             {.path = "a", .content = "1"}}))
                    .empty());
  }
}

TEST_CASE("what is neither file, directory nor link is refused", "[sdist][tar]") {
  for (const char type : {'3', '4', '6', 'S', 'Z', 'M', 'N', 'D'}) {
    CAPTURE(type);
    CHECK(contains(refused(testing::tar({{.path = "odd", .type = type}})), "neither"));
  }
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
  CHECK_FALSE(refused_member({.path = "a", .size = "77777777777 "}).empty());
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
    CHECK_FALSE(refused(testing::tar({member, {.path = "b", .content = "1"}})).empty());
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
