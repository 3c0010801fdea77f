// Archives: wheels, their directories, pieces that a server sends, and source distributions.

#include <array>
#include <string>

#include "bundled/payload/manifest.h"
#include "installer/base/digest.h"
#include "installer/cache/entry.h"
#include "installer/sdist/source_archive.h"
#include "installer/wheel/remote_metadata.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/zip/zip_directory.h"
#include "tests/fuzz/fuzz_target.h"

namespace ensure::fuzz {

namespace {

constexpr std::string_view kWheel = "demo-1.0-py3-none-any.whl";

void zip_directory(std::string_view bytes) {
  const wheel::ZipDirectory directory = wheel::ZipDirectory::parse(bytes, kWheel);
  for (const wheel::ZipEntry& entry : directory.entries()) {
    require(directory.find(entry.path) != nullptr, "an entry is found by its path");
  }
}

void appended_zip(std::string_view bytes) {
  static_cast<void>(wheel::ZipDirectory::find_appended(bytes, "ensure"));
}

void wheel_archive(std::string_view bytes) {
  const wheel::WheelArchive archive = wheel::WheelArchive::view(kWheel, bytes);
  // A few kilobytes can unpack to gigabytes; that is allowed, and says nothing about the reader.
  if (archive.unpacked_size() > (1U << 20U)) return;
  for (std::size_t part = 0; part < archive.part_count(); ++part) {
    archive.read_part(part, [](const wheel::WheelFile&) {});
  }
}

void cached_wheel(std::string_view bytes) {
  static_cast<void>(wheel::WheelArchive::view_cached(kWheel, bytes, nullptr, {}).part_count());
}

void remote_metadata(std::string_view bytes) {
  wheel::WheelTail tail;
  tail.bytes = std::string(bytes);
  static_cast<void>(wheel::find_remote_metadata(specs::WheelFilename::parse(kWheel), tail));
}

void source_archive(std::string_view filename, std::string_view bytes) {
  static_cast<void>(sdist::SourceArchive::open(filename, bytes).file("PKG-INFO"));
}

void sdist_tar(std::string_view bytes) { source_archive("demo-1.0.tar", bytes); }

void sdist_tar_gz(std::string_view bytes) { source_archive("demo-1.0.tar.gz", bytes); }

void sdist_tar_bz2(std::string_view bytes) { source_archive("demo-1.0.tar.bz2", bytes); }

void sdist_tar_xz(std::string_view bytes) { source_archive("demo-1.0.tar.xz", bytes); }

void sdist_tar_zst(std::string_view bytes) { source_archive("demo-1.0.tar.zst", bytes); }

void sdist_zip(std::string_view bytes) { source_archive("demo-1.0.zip", bytes); }

/// Entries begin with a checksum. It is set right here, as the fuzzer could not find it.
void cache_entry(std::string_view bytes) {
  if (bytes.size() < cache::kEntryDigestSize) return;
  bytes.remove_prefix(cache::kEntryDigestSize);
  const std::string checksum = cache::format_number(base::checksum(bytes));
  const std::string entry_bytes = checksum + std::string(bytes);
  const auto entry = cache::try_view_entry(entry_bytes, 3);
  if (entry) require(entry->fields.size() == 3, "an entry has as many fields as were asked for");
}

void bundled_manifest(std::string_view bytes) {
  static_cast<void>(bundled::decode_manifest(bytes));
}

constexpr std::array kTargets{
    FuzzTarget{"zip_directory", zip_directory},
    FuzzTarget{"appended_zip", appended_zip},
    FuzzTarget{"wheel_archive", wheel_archive},
    FuzzTarget{"cached_wheel", cached_wheel},
    FuzzTarget{"remote_metadata", remote_metadata},
    FuzzTarget{"sdist_tar", sdist_tar},
    FuzzTarget{"sdist_tar_gz", sdist_tar_gz},
    FuzzTarget{"sdist_tar_bz2", sdist_tar_bz2},
    FuzzTarget{"sdist_tar_xz", sdist_tar_xz},
    FuzzTarget{"sdist_tar_zst", sdist_tar_zst},
    FuzzTarget{"sdist_zip", sdist_zip},
    FuzzTarget{"cache_entry", cache_entry},
    FuzzTarget{"bundled_manifest", bundled_manifest},
};

}  // namespace

std::span<const FuzzTarget> archive_targets() { return kTargets; }

}  // namespace ensure::fuzz
