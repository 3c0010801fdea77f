#include "bootstrap/target/seed.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "bootstrap/target/bundled_source.h"
#include "bundled/payload/appended_archive.h"
#include "installer/base/digest.h"
#include "installer/base/error.h"
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

/// The version of pip that a file is, by its name; none where it is anything else.
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

/// The wheels in folders; a pre-release is not what is meant by a newer one.
std::vector<Candidate> candidates_in(const std::vector<std::filesystem::path>& wheel_dirs) {
  std::vector<Candidate> candidates;
  for (const std::filesystem::path& folder : wheel_dirs) {
    for (const std::string& name : base::list_directory(folder)) {
      const std::optional<specs::Version> version = pip_version(name);
      if (!version || version->is_prerelease()) continue;
      const std::filesystem::path path = folder / name;
      candidates.push_back({*version, name, path.native(), [path, name] {
                              return WheelArchive::own(name, base::read_file(path));
                            }});
    }
  }
  sort_newest_first(candidates);
  return candidates;
}

/// A wheel inside the appended archive; one that is stored there is used where it lies.
WheelArchive open_entry(const std::shared_ptr<const AppendedArchive>& archive,
                        const wheel::ZipEntry& entry, const wheel::Refusal& refusal) {
  const std::string filename = std::filesystem::path(entry.path).filename();
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
    throw Error(ExitCode::kVerification, "what is appended to this executable is no zip archive")
        .with_hint("append the archive of wheels again, whole, to a fresh copy of the executable");
  }
  std::vector<Candidate> candidates;
  for (const wheel::ZipEntry& entry : (*directory)->entries()) {
    const std::string filename = std::filesystem::path(entry.path).filename();
    const std::optional<specs::Version> version = pip_version(filename);
    if (!version || entry.folder) continue;
    candidates.push_back({*version, filename, "appended", [archive, directory, &entry] {
                            return open_entry(archive, entry, (*directory)->refusal());
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

/// The first candidate newer than `floor` that runs on `python`; only those are opened.
std::optional<Seed> first_usable(const std::vector<Candidate>& candidates,
                                 const specs::Version& python,
                                 const std::optional<specs::Version>& floor) {
  for (const Candidate& candidate : candidates) {
    if (floor && candidate.version <= *floor) continue;
    WheelArchive archive = candidate.open();
    if (!runs_on(archive, python)) continue;
    const std::string sha256 = base::to_hex(base::sha256(archive.bytes()));
    return Seed(std::make_unique<WheelArchive>(std::move(archive)), candidate.origin, sha256);
  }
  return std::nullopt;
}

std::optional<Seed> seed_inside(const bundled::Bundle& bundle, const specs::Version& python,
                                const std::string& cache_tag) {
  if (std::optional<Seed> appended = first_usable(appended_candidates(), python, std::nullopt)) {
    return appended;
  }
  const bundled::BundledWheel* wheel = bundle.newest_for(python);
  if (wheel == nullptr) return std::nullopt;
  return Seed(std::make_unique<BundledSource>(bundle, *wheel, cache_tag), "bundled", wheel->sha256);
}

}  // namespace

Seed choose_seed(const bundled::Bundle& bundle,
                 const std::vector<std::filesystem::path>& wheel_dirs, const specs::Version& python,
                 const std::string& cache_tag) {
  std::optional<Seed> seed = seed_inside(bundle, python, cache_tag);
  std::optional<specs::Version> floor;
  if (seed) floor = seed->source().version();
  if (std::optional<Seed> newer = first_usable(candidates_in(wheel_dirs), python, floor)) {
    seed = std::move(newer);
  }
  if (seed) return *std::move(seed);
  throw Error(ExitCode::kInterpreter, "no pip at hand runs on Python " + python.to_string())
      .with_hint(
          "put a wheel of pip that supports this Python into a folder and give it with "
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

}  // namespace ensure::bootstrap
