#include "bootstrap/locked_packages.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/base/url.h"
#include "installer/specs/wheel_filename.h"

namespace ensure::bootstrap {

namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ExitCode;

/// Where a file of the lock is; a path is relative to the lock.
base::Url url_of(const specs::LockedFile& file, const std::string& lock) {
  if (!file.url.empty()) return base::Url::parse(file.url);
  if (const std::optional<base::Url> base = base::Url::try_parse(lock))
    return base->join(file.path);
  return base::Url::from_path(base::absolute_path(fs::path(lock).parent_path() / file.path));
}

std::vector<index::KnownDigest> digests_of(const specs::LockedFile& file) {
  std::vector<index::KnownDigest> digests;
  for (const auto& [name, text] : file.hashes) {
    const std::optional<base::DigestAlgorithm> algorithm = base::digest_algorithm(name);
    if (!algorithm) continue;
    const std::optional<std::string> bytes = index::digest_from_hexadecimal(*algorithm, text);
    if (bytes) digests.push_back({*algorithm, *bytes, index::DigestSource::kLock});
  }
  if (!digests.empty()) return digests;
  throw Error(ExitCode::kUsage, "the lock has no digest of `" + file.filename + "` to check it by")
      .with_hint("lock again with `sha256` digests");
}

index::ChosenFile chosen_file(const specs::SelectedPackage& selected, const std::string& lock) {
  if (selected.source != specs::LockedSource::kWheel) {
    throw Error(ExitCode::kUsage, "the lock has no wheel of `" +
                                      selected.package->name.as_written() + "` for this target")
        .with_hint("lock it for this target with wheels, or install it with the environment's pip");
  }
  const specs::LockedFile& file = *selected.file;
  base::Url url = url_of(file, lock);
  const std::string filename = file.filename.empty() ? url.filename() : file.filename;
  const specs::WheelFilename wheel = specs::WheelFilename::parse(filename);
  resolve::ResolvedProject project{.name = selected.package->name,
                                   .version = wheel.version(),
                                   .extras = {},
                                   .missing_extras = {},
                                   .requested = true,
                                   .yanked = false,
                                   .origins = {}};
  index::DistributionFile chosen{.name = selected.package->name,
                                 .version = wheel.version(),
                                 .is_wheel = true,
                                 .request = {.filename = filename,
                                             .url = std::move(url),
                                             .size = file.size,
                                             .digests = digests_of(file),
                                             .accepted = {}},
                                 .upload_time = file.upload_time,
                                 .requires_python = std::nullopt,
                                 .yanked = std::nullopt,
                                 .provenance = {},
                                 .has_metadata = false,
                                 .metadata_digests = {},
                                 .origin = selected.package->index};
  return {.project = std::move(project), .file = std::move(chosen), .wheel = std::nullopt};
}

}  // namespace

std::vector<index::ChosenFile> locked_files(const WantedLock& wanted,
                                            const specs::LockTarget& target) {
  std::vector<index::ChosenFile> files;
  for (const specs::SelectedPackage& selected : specs::select_packages(wanted.lock, target)) {
    files.push_back(chosen_file(selected, wanted.location));
  }
  return files;
}

}  // namespace ensure::bootstrap
