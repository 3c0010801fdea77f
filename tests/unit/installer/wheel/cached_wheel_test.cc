#include "installer/wheel/cached_wheel.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_writer.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"
#include "wheel_cases.h"

using ensure::testing::WheelBuilder;
using ensure::wheel::ArchivingWheel;
using ensure::wheel::CachedWheelLayout;
using ensure::wheel::open_cached_wheel;
using ensure::wheel::WheelArchive;
using ensure::wheel::WheelFile;
using ensure::wheel::ZipEntry;
using ensure::wheel_test::Files;
using ensure::wheel_test::read_all;

namespace {

ensure::base::File opened_file(const fs::path& path) {
  return fs::exists(path) ? ensure::base::File::open_for_reading(path) : ensure::base::File();
}

const std::string kPublished(64, 'a');

WheelBuilder sample() {
  WheelBuilder builder;
  builder.add("demo/", "");
  builder.add("demo/tool", "#!/bin/sh\n").mode = 0100755;
  builder.add("demo/empty.py", "");
  builder.add("demo/large.txt", std::string(100'000, 'x'));
  builder.add("demo/caf\xC3\xA9.txt", "text");
  return builder;
}

std::shared_ptr<const WheelArchive> archive_of(const WheelBuilder& builder) {
  return std::make_shared<const WheelArchive>(WheelArchive::own(builder.filename, builder.build()));
}

/// The stored form, written while the parts are read in some order.
std::string stored(const std::shared_ptr<const WheelArchive>& wheel, bool backwards = false) {
  std::string bytes(CachedWheelLayout(*wheel, kPublished).size(), '\xEE');
  bool kept = false;
  const ArchivingWheel source(
      wheel, kPublished,
      [&bytes](std::uint64_t offset, std::string_view piece) {
        REQUIRE(offset + piece.size() <= bytes.size());
        bytes.replace(offset, piece.size(), piece);
      },
      [&kept] { kept = true; });
  for (std::size_t i = 0; i < source.part_count(); ++i) {
    CHECK_FALSE(kept);
    source.read_part(backwards ? source.part_count() - 1 - i : i, [](const WheelFile&) {});
  }
  CHECK(kept);
  return bytes;
}

std::optional<WheelArchive> open(const std::string& bytes,
                                 const std::string& published = kPublished) {
  return open_cached_wheel("demo-1.0-py3-none-any.whl", published, bytes, nullptr);
}

}  // namespace

TEST_CASE("the stored form holds what the wheel holds", "[wheel][StoredWheel]") {
  const auto wheel = archive_of(sample());
  const std::string bytes = stored(wheel);
  const std::optional<WheelArchive> opened = open(bytes);
  REQUIRE(opened);
  CHECK(read_all(*opened) == read_all(*wheel));
  CHECK(opened->dist_info() == wheel->dist_info());
  CHECK(opened->unpacked_size() == wheel->unpacked_size());
  const std::vector<ZipEntry>& before = wheel->directory().entries();
  const std::vector<ZipEntry>& after = opened->directory().entries();
  REQUIRE(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    CAPTURE(before[i].path);
    CHECK(after[i].path == before[i].path);
    CHECK(after[i].executable == before[i].executable);
    CHECK(after[i].is_directory == before[i].is_directory);
    CHECK_FALSE(after[i].deflated);
  }
}

TEST_CASE("the same wheel gives the same stored bytes", "[wheel][StoredWheel]") {
  WheelBuilder builder = sample();
  for (int i = 0; i < 5; ++i) {
    builder.add("demo/directory" + std::to_string(i) + "/large", std::string(600'000, 'y'));
  }
  const auto wheel = archive_of(builder);
  REQUIRE(wheel->part_count() > 1);
  const std::string bytes = stored(wheel);
  CHECK(stored(wheel, true) == bytes);
  CHECK(bytes.find('\xEE') == std::string::npos);
  // What was stored can be stored again.
  const auto opened = std::make_shared<const WheelArchive>(*open(bytes));
  CHECK(stored(opened) == bytes);
}

TEST_CASE("a stored wheel is bound to the published one", "[wheel][StoredWheel]") {
  const std::string bytes = stored(archive_of(sample()));
  CHECK(open(bytes));
  CHECK_FALSE(open(bytes, std::string(64, 'b')));
  CHECK_FALSE(open_cached_wheel("demo-1.1-py3-none-any.whl", kPublished, bytes, nullptr));
  CHECK_FALSE(open(""));
  CHECK_FALSE(open("short"));
  CHECK_FALSE(open(sample().build()));

  WheelBuilder other = sample();
  other.add("demo/__init__.py", "answer = 43\n");
  std::string exchanged = stored(archive_of(other));
  constexpr std::size_t kComment = 64;
  exchanged.replace(exchanged.size() - kComment, kComment, bytes.substr(bytes.size() - kComment));
  CHECK_FALSE(open(exchanged));
}

TEST_CASE("no damage of a stored wheel goes unnoticed", "[wheel][StoredWheel]") {
  WheelBuilder builder;
  const std::string bytes = stored(archive_of(builder));
  const Files files = read_all(*open(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0x01);
    try {
      if (const std::optional<WheelArchive> wheel = open(changed)) {
        // Dates, versions of tools and modes say nothing about the content.
        const Files found = read_all(*wheel);
        CHECK(found == files);
      }
    } catch (const ensure::base::Error& error) {
      CHECK(error.exit_code() == ensure::base::ExitCode::kVerification);
    }
    CHECK_FALSE(open(bytes.substr(0, i)));
  }
}

TEST_CASE("a wheel that is damaged is not kept", "[wheel][StoredWheel]") {
  WheelBuilder builder = sample();
  builder.at("demo/large.txt").packed = ensure::testing::deflate(std::string(100'000, 'y'));
  bool kept = false;
  const auto wheel = archive_of(builder);
  const ArchivingWheel source(
      wheel, kPublished, [](std::uint64_t, std::string_view) {}, [&kept] { kept = true; });
  CHECK_THROWS_AS(source.read_part(0, [](const WheelFile&) {}), ensure::base::Error);
  CHECK_FALSE(kept);
}

TEST_CASE("large files begin at multiples of a block", "[wheel][StoredWheel]") {
  using ensure::wheel::kStoredAlignment;
  WheelBuilder builder = sample();
  for (int i = 0; i < 40; ++i) {
    const std::size_t size = 65'530 + static_cast<std::size_t>(i);
    builder.add("demo/" + std::string(static_cast<std::size_t>(i) + 1, 'n'),
                std::string(size, 'z'));
  }
  const std::string bytes = stored(archive_of(builder));
  const std::optional<WheelArchive> opened = open(bytes);
  REQUIRE(opened);
  for (const ZipEntry& entry : opened->directory().entries()) {
    CAPTURE(entry.path, entry.size);
    const bool is_large = entry.size >= ensure::wheel::kLargeEntry;
    const auto offset = static_cast<std::uint64_t>(entry.packed.data() - bytes.data());
    if (is_large) CHECK(offset % kStoredAlignment == 0);
  }
  // It is an archive to every other reader as well.
  CHECK(read_all(WheelArchive::view(builder.filename, bytes)) == read_all(*opened));
}

TEST_CASE("a stored wheel is read from its file", "[wheel][StoredWheel]") {
  const ensure::tests::TempDir directory;
  const auto wheel = archive_of(sample());
  const std::string bytes = stored(wheel);
  const auto write = [&directory](const std::string& content) {
    ensure::base::Directory::open(directory.path()).remove_tree("stored");
    ensure::base::Directory::open(directory.path()).write_file("stored", content);
  };
  write(bytes);
  const std::optional<WheelArchive> opened =
      open_cached_wheel("demo-1.0-py3-none-any.whl", kPublished, bytes, nullptr,
                        [&directory] { return opened_file(directory / "stored"); });
  REQUIRE(opened);
  const auto read = [&opened] {
    Files files;
    std::size_t stored_files = 0;
    opened->read_part(0, [&](const WheelFile& file) {
      std::string content(file.content);
      if (file.cached != nullptr) {
        ++stored_files;
        content.clear();
        file.cached->read([&content](std::string_view piece) { content += piece; });
      }
      files.emplace(file.path, content);
    });
    CHECK(stored_files == 1);
    return files;
  };
  REQUIRE(opened->part_count() == 1);
  CHECK(read() == read_all(*wheel));

  for (const char* const text : {"xxxxxxxx", "print()", "#!/bin/sh"}) {
    std::string damaged = bytes;
    const std::size_t place = damaged.find(text);
    if (place == std::string::npos) continue;
    damaged[place] = '?';
    write(damaged);
    CHECK_THROWS_AS(read(), ensure::base::Error);
  }
  // One that has been removed is still in memory.
  ensure::base::remove_tree(directory / "stored");
  Files files;
  opened->read_part(0, [&](const WheelFile& file) { files.emplace(file.path, file.content); });
  CHECK(files == read_all(*wheel));
}

TEST_CASE("what is elsewhere is not read", "[wheel][StoredWheel]") {
  const ensure::tests::TempDir directory;
  const std::string bytes = stored(archive_of(sample()));
  ensure::base::Directory::open(directory.path()).write_file("stored", bytes);
  const std::optional<WheelArchive> opened =
      open_cached_wheel("demo-1.0-py3-none-any.whl", kPublished, bytes, nullptr,
                        [&directory] { return opened_file(directory / "stored"); });
  REQUIRE(opened);
  opened->read_part(
      0,
      [](const WheelFile& file) {
        CHECK((file.cached != nullptr) ==
              (file.path == "demo/tool" || file.content.size() > 65'536));
        if (file.path != "demo/tool") return;
        CHECK(file.executable);
        CHECK_NOTHROW(file.cached->check());
        CHECK(file.content == "#!/bin/sh\n");
      },
      [](const WheelFile& file) { return file.path == "demo/tool"; });
}
