#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "bootstrap/build/git.h"
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

void require_permission(const specs::SelectedPackage& selected, const PackageRequest& request) {
  const specs::PackageName& name = selected.package->name;
  if (selected.source == specs::LockedSource::kWheel || request.may_build(name)) return;
  throw Error(ExitCode::kNoSolution, "the lock has only a source distribution of `" +
                                         name.as_written() + "` for this target")
      .with_hint("`--build-sdists` builds it; or lock it for this target with wheels");
}

/// The digests of an archive as `--hash` options, of which the file must have one.
std::vector<specs::HashOption> hashes_of(const specs::LockedFile& file) {
  std::vector<specs::HashOption> hashes;
  for (const index::KnownDigest& digest : digests_of(file)) {
    if (!base::is_strong(digest.algorithm)) continue;
    hashes.push_back({std::string(index::name_of(digest.algorithm)), base::to_hex(digest.bytes)});
  }
  return hashes;
}

/// The requirement that an `archive`, `directory` or `vcs` entry stands for.
RequestedFile requested_file(const specs::LockedPackage& package, const std::string& lock) {
  const specs::LockedDirect& direct = *package.direct;
  RequestedFile file;
  file.url = url_of(direct.file, lock).to_string();
  if (direct.source == specs::LockedSource::kRepository) {
    if (direct.type != "git") {
      throw Error(ExitCode::kUsage, "`" + package.name.as_written() +
                                        "` is in the version control " + "system `" + direct.type +
                                        "`; only git is supported")
          .with_hint("lock an archive or a wheel of it");
    }
    file.url = "git+" + file.url + "@" + direct.commit;
    if (!build::GitReference::parse(file.url).names_commit()) {
      throw Error(ExitCode::kUsage, "the lock has no commit of `" + package.name.as_written() +
                                        "`, but `" + direct.commit + "`, which may move on")
          .with_hint("lock again with a tool that writes the whole `commit-id`");
    }
  }
  if (!direct.subdirectory.empty()) {
    file.url += "#subdirectory=" + base::percent_encode(direct.subdirectory, base::UrlPart::kPath);
  }
  file.editable = direct.editable;
  file.named = specs::Requirement{package.name, {}, {}, file.url, std::nullopt};
  if (direct.source == specs::LockedSource::kArchive) file.hashes = hashes_of(direct.file);
  file.source = lock;
  return file;
}

resolve::ResolvedProject project_of(const specs::PackageName& name, const specs::Version& version) {
  return {.name = name,
          .version = version,
          .extras = {},
          .missing_extras = {},
          .requested = true,
          .yanked = false,
          .origins = {}};
}

index::ChosenFile fetched_file(const specs::LockedPackage& package, const std::string& lock,
                               DirectFiles& direct) {
  if (direct.find(package.name) == nullptr) {
    try {
      (void)direct.add(requested_file(package, lock));
    } catch (Error& error) {
      if (package.direct->source != specs::LockedSource::kDirectory) throw;
      error.add_hint("or lock without the project itself (`uv export --no-emit-project`)");
      throw;
    }
  }
  const DirectFiles::Origin& origin = *direct.find(package.name);
  if (package.version && origin.file.version != *package.version) {
    throw Error(ExitCode::kVerification, "the lock has `" + package.name.as_written() + "` " +
                                             package.version->to_string() + ", but its source is " +
                                             origin.file.version.to_string())
        .with_hint("lock again: the source has changed");
  }
  return {.project = project_of(package.name, origin.file.version),
          .file = origin.file,
          .wheel = origin.wheel};
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
  index::DistributionFile chosen =
      index::given_file(selected.package->name, version,
                        {.filename = filename,
                         .url = std::move(url),
                         .size = file.size,
                         .digests = digests_of(file),
                         .accepted = {}},
                        selected.source == specs::LockedSource::kWheel);
  chosen.origin = selected.package->index;
  return {.project = project_of(selected.package->name, version),
          .file = std::move(chosen),
          .wheel = std::nullopt};
}

std::vector<index::ChosenFile> files_of(const RequestedLock& requested,
                                        const specs::TargetPython& target,
                                        const PackageRequest& request, DirectFiles& direct) {
  std::vector<index::ChosenFile> files;
  std::vector<std::string> groups = requested.lock.default_groups;
  groups.insert(groups.end(), requested.groups.begin(), requested.groups.end());
  const specs::LockRequest part{
      .extras = requested.extras, .groups = std::move(groups), .formats = request.formats};
  for (const specs::SelectedPackage& selected :
       specs::select_packages(requested.lock, target, part)) {
    if (selected.package->direct) {
      files.push_back(fetched_file(*selected.package, requested.location, direct));
      continue;
    }
    require_permission(selected, request);
    files.push_back(chosen_file(selected, requested.location));
  }
  return files;
}

/// Whether two locks name the same file.
bool is_same(const index::ChosenFile& one, const index::ChosenFile& other) {
  const index::FileRequest& left = one.file.request;
  const index::FileRequest& right = other.file.request;
  return one.project.version == other.project.version && left.filename == right.filename &&
         left.sha256() == right.sha256() && one.file.revision == other.file.revision;
}

}  // namespace

std::vector<index::ChosenFile> locked_files(const std::vector<RequestedLock>& locks,
                                            const specs::TargetPython& target,
                                            const PackageRequest& request, DirectFiles& direct) {
  std::vector<index::ChosenFile> all;
  for (const RequestedLock& lock : locks) {
    std::vector<index::ChosenFile> files;
    try {
      files = files_of(lock, target, request, direct);
    } catch (Error& error) {
      error.add_context("in `" + lock.location + "`");
      throw;
    }
    for (index::ChosenFile& file : files) {
      const auto known = std::ranges::find_if(all, [&file](const index::ChosenFile& other) {
        return other.project.name == file.project.name;
      });
      if (known == all.end()) {
        all.push_back(std::move(file));
      } else if (!is_same(*known, file)) {
        throw Error(ExitCode::kNoSolution,
                    "two locks have different files of `" + file.project.name.as_written() +
                        "`: " + known->project.version.to_string() + ", and in `" + lock.location +
                        "` " + file.project.version.to_string())
            .with_hint("install one of the locks, or lock both together");
      }
    }
  }
  return all;
}

}  // namespace ensure::bootstrap
