#include "bootstrap/target/seed.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <functional>
#include <string_view>

#include "bundled/payload/appended_archive.h"
#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/wheel/wheel_archive.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using bundled::AppendedArchive;
using wheel::WheelArchive;

/// A wheel of pip that has not been opened yet.
struct Candidate {
  specs::Version version;
  std::string filename;
  std::string origin;
  std::function<WheelArchive()> open;
};

/// The version in the filename of a pip wheel; nullopt for any other file.
std::optional<specs::Version> pip_version(std::string_view filename) {
  if (!filename.starts_with("pip-") || !filename.ends_with("-none-any.whl")) return std::nullopt;
  const std::optional<specs::WheelFilename> parsed = specs::WheelFilename::try_parse(filename);
  if (!parsed || parsed->name().normalized() != "pip") return std::nullopt;
  const bool for_python_3 = std::ranges::any_of(
      parsed->tags(), [](const specs::Tag& tag) { return tag.python.starts_with("py3"); });
  if (!for_python_3) return std::nullopt;
  return parsed->version();
}

void sort_newest_first(std::vector<Candidate>& candidates) {
  std::ranges::stable_sort(
      candidates, [](const auto& one, const auto& other) { return one.version > other.version; });
}

/// The pip wheels in directories. Pre-releases do not count as newer versions.
std::vector<Candidate> candidates_in(const std::vector<base::Path>& wheel_dirs) {
  std::vector<Candidate> candidates;
  for (const base::Path& directory : wheel_dirs) {
    for (const std::string& name : base::list_directory(directory)) {
      const std::optional<specs::Version> version = pip_version(name);
      if (!version || version->is_prerelease()) continue;
      const base::Path path = directory / name;
      candidates.push_back({*version, name, path.text(), [path, name] {
                              return WheelArchive::own(name, base::read_file(path));
                            }});
    }
  }
  sort_newest_first(candidates);
  return candidates;
}

/// Opens a wheel in the appended archive. A stored one is used without a copy.
WheelArchive open_entry(const std::shared_ptr<const AppendedArchive>& archive,
                        const wheel::ZipEntry& entry, const wheel::ArchiveErrors& refusal) {
  const std::string filename = base::Path(entry.path).filename().text();
  if (!entry.deflated) return WheelArchive::view(filename, entry.packed, archive);
  return WheelArchive::own(filename, wheel::read_entry(entry, refusal));
}

std::vector<Candidate> appended_candidates() {
  std::optional<AppendedArchive> found = AppendedArchive::find_in_this_program();
  if (!found) return {};
  const auto archive = std::make_shared<const AppendedArchive>(*std::move(found));
  const auto directory = std::make_shared<const std::optional<wheel::ZipDirectory>>(
      wheel::ZipDirectory::find_appended(archive->file_bytes(), "the archive in this executable"));
  if (!directory->has_value() || (*directory)->start() != archive->offset()) {
    throw Error(ExitCode::kVerification,
                "the data appended to this executable is not a zip archive")
        .with_hint("append the complete archive of wheels to a fresh copy of the executable");
  }
  std::vector<Candidate> candidates;
  for (const wheel::ZipEntry& entry : (*directory)->entries()) {
    const std::string filename = base::Path(entry.path).filename().text();
    const std::optional<specs::Version> version = pip_version(filename);
    if (!version || entry.is_directory) continue;
    candidates.push_back({*version, filename, "appended", [archive, directory, &entry] {
                            return open_entry(archive, entry, (*directory)->errors());
                          }});
  }
  sort_newest_first(candidates);
  return candidates;
}

bool runs_on(const WheelArchive& archive, const specs::Version& python) {
  const std::optional<std::string> text = archive.dist_info_file("METADATA");
  if (!text) return true;
  const specs::CoreMetadata metadata = specs::CoreMetadata::parse(*text);
  return !metadata.requires_python || metadata.requires_python->contains(python);
}

/// The first candidate newer than `floor` that runs on `python`. Older ones are not opened.
std::optional<Seed> first_usable(const std::vector<Candidate>& candidates,
                                 const specs::Version& python,
                                 const std::optional<specs::Version>& floor) {
  for (const Candidate& candidate : candidates) {
    if (floor && candidate.version <= *floor) continue;
    WheelArchive archive = candidate.open();
    if (!runs_on(archive, python)) continue;
    const std::string sha256 = base::to_hex(base::sha256(archive.bytes()));
    return Seed{std::make_unique<WheelArchive>(std::move(archive)), candidate.origin, sha256};
  }
  return std::nullopt;
}

/// A wheel of the bundle, with the bytecode for one cache tag.
class BundledSource final : public wheel::WheelSource {
 public:
  BundledSource(const bundled::Bundle& bundle, const bundled::BundledWheel& wheel,
                std::string cache_tag)
      : bundle_(bundle),
        wheel_(wheel),
        cache_tag_(std::move(cache_tag)),
        dist_info_files_(bundle.dist_info_files(wheel)) {}

  [[nodiscard]] const specs::PackageName& name() const override { return wheel_.name; }
  [[nodiscard]] const specs::Version& version() const override { return wheel_.version; }
  [[nodiscard]] const std::string& dist_info() const override { return wheel_.dist_info; }
  [[nodiscard]] std::size_t part_count() const override { return wheel_.part_count(); }

  [[nodiscard]] std::optional<std::string> dist_info_file(std::string_view name) const override {
    const auto found = dist_info_files_.find(name);
    return found == dist_info_files_.end() ? std::nullopt : std::optional(found->second);
  }

  [[nodiscard]] std::uint64_t unpacked_size() const override {
    const bundled::BundledBytecode* bytecode = wheel_.bytecode_for(cache_tag_);
    return wheel_.unpacked_size + (bytecode == nullptr ? 0 : bytecode->unpacked_size);
  }

  void read_part(std::size_t part, const Visitor& visit) const override {
    bundle_.read_part(wheel_, part, cache_tag_, [&visit](const bundled::BundledFile& file) {
      visit({file.path, file.content, file.executable, file.bytecode});
    });
  }

 private:
  const bundled::Bundle& bundle_;
  const bundled::BundledWheel& wheel_;
  std::string cache_tag_;
  bundled::DistInfoFiles dist_info_files_;
};

std::optional<Seed> seed_inside(const bundled::Bundle& bundle, const specs::Version& python,
                                const std::string& cache_tag) {
  if (std::optional<Seed> appended = first_usable(appended_candidates(), python, std::nullopt)) {
    return appended;
  }
  const bundled::BundledWheel* wheel = bundle.newest_for(python);
  if (wheel == nullptr) return std::nullopt;
  return Seed{std::make_unique<BundledSource>(bundle, *wheel, cache_tag), "bundled", wheel->sha256};
}

}  // namespace

Seed choose_seed(const bundled::Bundle& bundle, const std::vector<base::Path>& wheel_dirs,
                 const specs::Version& python, const std::string& cache_tag) {
  std::optional<Seed> seed = seed_inside(bundle, python, cache_tag);
  std::optional<specs::Version> floor;
  if (seed) floor = seed->source->version();
  std::optional<Seed> newer = first_usable(candidates_in(wheel_dirs), python, floor);
  if (newer) return *std::move(newer);
  if (seed) return *std::move(seed);
  throw Error(ExitCode::kInterpreter, "no available pip runs on Python " + python.to_string())
      .with_hint(
          "put a pip wheel that supports this Python into a directory and name it with "
          "`--wheel-dir`, or use another Python");
}

std::vector<AppendedWheel> appended_wheels() {
  std::vector<AppendedWheel> wheels;
  for (const Candidate& candidate : appended_candidates()) {
    wheels.push_back({candidate.filename, candidate.version,
                      base::to_hex(base::sha256(candidate.open().bytes()))});
  }
  return wheels;
}

std::optional<std::int64_t> source_date_epoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') return std::nullopt;
  const std::string_view digits = text;
  std::int64_t seconds = 0;
  const auto [stop, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (failure == std::errc() && stop == digits.data() + digits.size() && seconds >= 0) {
    return seconds;
  }
  throw base::Error(base::ExitCode::kUsage, "`" + std::string(digits) +
                                                "`, the value of SOURCE_DATE_EPOCH, is not a "
                                                "number of seconds since 1970")
      .with_hint("set it as `git log -1 --format=%ct` prints it, or unset it");
}

}  // namespace ensure::bootstrap
