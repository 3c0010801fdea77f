#include "bundled/payload/bundle.h"

#include <atomic>

#include "bundled/pack/payload_writer.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "tests/support/catch.h"
#include "tests/support/sample_wheels.h"

namespace ensure::bundled {

namespace {

constexpr PayloadSettings kSettings{.level = 3, .slice_size = 2000};

std::string newest_for(const Bundle& bundle, std::string_view python) {
  const BundledWheel* wheel = bundle.newest_for(specs::Version::parse(python));
  return wheel == nullptr ? "none" : wheel->version.to_string();
}

/// Reads all that a payload holds, as a program does that uses all of it.
void read_everything(std::string_view payload) {
  const Bundle bundle(payload);
  for (const BundledWheel& wheel : bundle.wheels()) {
    static_cast<void>(files_of(bundle, wheel, {}));
    for (const std::string& tag : wheel.bytecode_tags()) {
      static_cast<void>(files_of(bundle, wheel, tag));
    }
  }
}

}  // namespace

TEST_CASE("A bundle gives back every file of every wheel", "[bundled][Bundle]") {
  const std::vector<PackedWheel> packed = sample_wheels();
  const std::string payload = write_payload(packed, kSettings).bytes;
  const Bundle bundle(payload);

  REQUIRE(bundle.wheels().size() == 2);
  const BundledWheel& newer = bundle.wheels()[0];
  const BundledWheel& older = bundle.wheels()[1];
  CHECK(newer.filename == "sample-2.0-py3-none-any.whl");
  CHECK(newer.sha256 == std::string(64, 'a'));
  CHECK(newer.dist_info == "sample-2.0.dist-info");
  CHECK(newer.bytecode_tags() == std::vector<std::string>{"cpython-312", "cpython-310"});

  CHECK(files_of(bundle, newer, {}) == files_of(packed[1], {}));
  CHECK(files_of(bundle, newer, "cpython-312") == files_of(packed[1], "cpython-312"));
  CHECK(files_of(bundle, newer, "cpython-399") == files_of(packed[1], {}));
  CHECK(files_of(bundle, older, {}) == files_of(packed[0], {}));
  CHECK(files_of(bundle, older, "cpython-38") == files_of(packed[0], "cpython-38"));
}

TEST_CASE("A bundle tells sizes that are those of the files", "[bundled][Bundle]") {
  const std::string payload = write_payload(sample_wheels(), kSettings).bytes;
  const Bundle bundle(payload);
  for (const BundledWheel& wheel : bundle.wheels()) {
    std::uint64_t size = 0;
    for (const auto& [path, file] : files_of(bundle, wheel, {})) size += file.content.size();
    CHECK(wheel.unpacked_size == size);
    std::uint64_t with_bytecode = 0;
    const BundledBytecode& bytecode = wheel.bytecode.front();
    for (const auto& [path, file] : files_of(bundle, wheel, bytecode.cache_tag)) {
      with_bytecode += file.content.size();
    }
    CHECK(wheel.unpacked_size + bytecode.unpacked_size == with_bytecode);
  }
}

TEST_CASE("A bundle marks bytecode and executable files", "[bundled][Bundle]") {
  const std::string payload = write_payload(sample_wheels(), kSettings).bytes;
  const Bundle bundle(payload);
  const BundledWheel& wheel = bundle.wheels().front();
  for (std::size_t part = 0; part < wheel.part_count(); ++part) {
    bundle.read_part(wheel, part, "cpython-312", [](const BundledFile& file) {
      CHECK(file.bytecode == file.path.ends_with(".pyc"));
      CHECK(file.executable == (file.path == "sample/tool.py"));
    });
  }
}

TEST_CASE("The newest wheel that a Python supports is chosen", "[bundled][Bundle]") {
  const std::string payload = write_payload(sample_wheels(), kSettings).bytes;
  const Bundle bundle(payload);
  CHECK(newest_for(bundle, "3.12.1") == "2.0");
  CHECK(newest_for(bundle, "3.10.0") == "2.0");
  CHECK(newest_for(bundle, "3.9.18") == "1.0");
  CHECK(newest_for(bundle, "3.8.0") == "1.0");
  CHECK(newest_for(bundle, "3.15.0rc1") == "2.0");
  CHECK(newest_for(bundle, "3.7.16") == "none");
}

TEST_CASE("Files of the dist-info directory are found by name", "[bundled][Bundle]") {
  const std::string payload = write_payload(sample_wheels(), kSettings).bytes;
  const Bundle bundle(payload);
  const BundledWheel& wheel = bundle.wheels().back();
  const ensure::bundled::DistInfoFiles files = bundle.dist_info_files(wheel);
  CHECK(files.at("METADATA") == "Name: sample\n");
  CHECK(files.at("RECORD") == "sample/__init__.py,,\n");
  CHECK_FALSE(files.contains("entry_points.txt"));
}

TEST_CASE("Threads may read one bundle at the same time", "[bundled][Bundle]") {
  const std::vector<PackedWheel> packed = sample_wheels();
  const std::string payload = write_payload(packed, kSettings).bytes;
  const Bundle bundle(payload);
  std::atomic<int> right = 0;
  constexpr std::size_t kJobs = 200;
  base::run_parallel(kJobs, 4, [&](std::size_t job) {
    const std::size_t place = job % 2;
    const std::string tag = place == 0 ? "cpython-312" : "cpython-38";
    if (files_of(bundle, bundle.wheels()[place], tag) == files_of(packed[1 - place], tag)) ++right;
  });
  CHECK(right == kJobs);
}

TEST_CASE("A visitor may end the reading and the bundle stays usable", "[bundled][Bundle]") {
  const std::vector<PackedWheel> packed = sample_wheels();
  const std::string payload = write_payload(packed, kSettings).bytes;
  const Bundle bundle(payload);
  const BundledWheel& wheel = bundle.wheels().front();
  CHECK_THROWS_AS(bundle.read_part(wheel, 1, {}, [](const BundledFile&) { throw 1; }), int);
  CHECK(files_of(bundle, wheel, {}) == files_of(packed[1], {}));
}

TEST_CASE("Whichever byte is changed the damage is noticed", "[bundled][Bundle]") {
  const std::string sound = write_payload(sample_wheels(), kSettings).bytes;
  REQUIRE_NOTHROW(read_everything(sound));
  for (std::size_t place = 0; place < sound.size(); ++place) {
    std::string damaged = sound;
    damaged[place] = static_cast<char>(damaged[place] ^ (1 << (place % 8)));
    try {
      read_everything(damaged);
      FAIL("byte " << place << " was changed and nothing was said");
    } catch (const base::Error& error) {
      if (error.exit_code() != base::ExitCode::kVerification || error.hints().empty()) {
        FAIL("byte " << place << ": " << error.message());
      }
    }
  }
}

TEST_CASE("Damage in one part does not keep others from being read", "[bundled][Bundle]") {
  std::string payload = write_payload(sample_wheels(), kSettings).bytes;
  payload.back() = static_cast<char>(payload.back() ^ 1);
  const Bundle bundle(payload);
  const std::vector<PackedWheel> packed = sample_wheels();
  CHECK(files_of(bundle, bundle.wheels()[0], "cpython-312") == files_of(packed[1], "cpython-312"));
  CHECK_THROWS_AS(files_of(bundle, bundle.wheels()[1], "cpython-38"), base::Error);
}

TEST_CASE("A bundle that is cut off or too long is refused", "[bundled][Bundle]") {
  const std::string sound = write_payload(sample_wheels(), kSettings).bytes;
  for (std::size_t size = 0; size < sound.size(); size += size < 100 ? 1 : 97) {
    CHECK_THROWS_AS(Bundle(std::string_view(sound).substr(0, size)), base::Error);
  }
  CHECK_THROWS_AS(Bundle(sound + '\0'), base::Error);
}

}  // namespace ensure::bundled
