#include <optional>
#include <string>
#include <utility>

#include "bootstrap/packages/package_planner.h"
#include "bootstrap/packages/package_sources.h"
#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/url.h"
#include "installer/specs/locks/lock_file.h"
#include "installer/specs/metadata/distribution_filename.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;

/// The URL of a file in a lock. A path is relative to the lock.
base::Url url_of(const specs::LockedFile& file, const std::string& lock) {
  const std::optional<base::Url> base = base::Url::try_parse(lock);
  if (file.url.empty() && !base) {
    return base::Url::from_path(base::absolute_path(base::Path(lock).parent_path() / file.path));
  }
  base::Url url = file.url.empty() ? base->join(file.path) : given_url(file.url);
  if (url.is_http() || !is_web_address(lock)) return url;
  throw Error(ExitCode::kUsage,
              "the lock is from the web, but names `" + url.redacted() + "` on this machine")
      .with_hint("if you trust the lock, download it and name the copy (`-r FILE`)");
}

std::vector<index::KnownDigest> digests_of(const specs::LockedFile& file) {
  std::vector<index::KnownDigest> digests;
  bool has_strong = false;
  for (const auto& [name, text] : file.hashes) {
    const std::optional<base::DigestAlgorithm> algorithm = base::digest_algorithm(name);
    if (!algorithm) continue;
    const std::optional<std::string> bytes = index::digest_from_hexadecimal(*algorithm, text);
    if (!bytes) {
      throw Error(ExitCode::kUsage,
                  "the lock has an invalid `" + name + "` digest of `" + file.filename + "`")
          .with_hint("lock again: the file was damaged or edited");
    }
    has_strong |= base::is_strong(*algorithm);
    digests.push_back({*algorithm, *bytes, index::DigestSource::kLock});
  }
  if (has_strong) return digests;
  throw Error(
      ExitCode::kUsage,
      "the lock has no digest of `" + file.filename + "` " +
          (digests.empty() ? "that can be checked" : "that is secure, only one that can be forged"))
      .with_hint("lock again with `sha256` digests");
}

/// Refuses sources that are neither wheels nor sdists, and sdists that must not be built.
void require_installable(const specs::SelectedPackage& selected, const PackageRequest& request) {
  const specs::PackageName& name = selected.package->name;
  if (selected.source == specs::LockedSource::kWheel) return;
  if (selected.source != specs::LockedSource::kSdist) {
    throw Error(ExitCode::kUsage, "the lock has neither a wheel nor a source distribution of `" +
                                      name.as_written() + "` for this target")
        .with_hint("lock wheels, or install it with `" + request.pip_command + "`");
  }
  if (request.may_build(name)) return;
  throw Error(ExitCode::kNoSolution, "the lock has only a source distribution of `" +
                                         name.as_written() + "` for this target")
      .with_hint("`--build-sdists` builds it; or lock it for this target with wheels");
}

/// The version of an sdist is in the lock or in its filename.
specs::Version version_of(const specs::SelectedPackage& selected, const std::string& filename) {
  if (selected.source == specs::LockedSource::kWheel) {
    return specs::WheelFilename::parse(filename).version();
  }
  if (selected.package->version) return *selected.package->version;
  const auto sdist = specs::SdistFilename::try_parse(filename);
  if (sdist) return sdist->version;
  throw Error(ExitCode::kUsage, "the lock has no version of `" + filename + "`")
      .with_hint("lock again with a tool that writes versions");
}

index::ChosenFile chosen_file(const specs::SelectedPackage& selected, const std::string& lock) {
  const specs::LockedFile& file = *selected.file;
  base::Url url = url_of(file, lock);
  const std::string filename = file.filename.empty() ? url.filename() : file.filename;
  const specs::Version version = version_of(selected, filename);
  resolve::ResolvedProject project{.name = selected.package->name,
                                   .version = version,
                                   .extras = {},
                                   .missing_extras = {},
                                   .requested = true,
                                   .yanked = false,
                                   .origins = {}};
  index::DistributionFile chosen =
      index::given_file(selected.package->name, version,
                        {.filename = filename,
                         .url = std::move(url),
                         .size = file.size,
                         .digests = digests_of(file),
                         .accepted = {}},
                        selected.source == specs::LockedSource::kWheel);
  chosen.origin = selected.package->index;
  return {.project = std::move(project), .file = std::move(chosen), .wheel = std::nullopt};
}

}  // namespace

std::vector<index::ChosenFile> locked_files(const RequestedLock& requested,
                                            const specs::TargetPython& target,
                                            const PackageRequest& request) {
  std::vector<index::ChosenFile> files;
  const specs::LockRequest part{
      .extras = requested.extras, .groups = std::nullopt, .formats = request.formats};
  for (const specs::SelectedPackage& selected :
       specs::select_packages(requested.lock, target, part)) {
    require_installable(selected, request);
    files.push_back(chosen_file(selected, requested.location));
  }
  return files;
}

}  // namespace ensure::bootstrap
