#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// A wheel or a source distribution in a lock file.
struct LockedFile {
  std::string filename;
  std::string url;                    ///< may be empty
  std::string path;                   ///< absolute, or relative to the lock file; may be empty
  std::optional<std::uint64_t> size;  ///< in bytes
  std::optional<std::int64_t> upload_time;  ///< microseconds since 1970 in UTC
  /// Names of algorithms with hexadecimal digests, as written; not empty.
  std::vector<std::pair<std::string, std::string>> hashes;
};

enum class LockedSource : std::uint8_t { kWheel, kSdist, kArchive, kDirectory, kRepository };

/// An `archive`, `directory` or `vcs` entry.
struct LockedDirect {
  LockedSource source = LockedSource::kArchive;
  LockedFile file;           ///< of an archive: all; of the others: `url` or `path`
  std::string subdirectory;  ///< of the project in it; empty for its root
  bool editable = false;     ///< of a directory
  std::string type;          ///< of a repository: "git"
  std::string commit;        ///< of a repository
};

/// One entry of `packages`: one way to install one project.
struct LockedPackage {
  PackageName name;
  std::optional<Version> version;
  std::optional<Marker> marker;
  std::optional<SpecifierSet> requires_python;
  std::string index;
  std::vector<LockedFile> wheels;
  std::optional<LockedFile> sdist;
  std::optional<LockedDirect> direct;  ///< instead of files
};

/// A lock file: `pylock.toml` (PEP 751, "pylock.toml specification").
struct LockFile {
  std::optional<std::vector<Marker>> environments;
  std::optional<SpecifierSet> requires_python;
  std::vector<std::string> extras;  ///< in their normal forms
  std::vector<std::string> dependency_groups;
  std::vector<std::string> default_groups;
  std::vector<LockedPackage> packages;

  /// Ignores unknown keys. Throws `base::Error` (usage) if the text is not a lock file, has another
  /// major version, or has an entry that the specification forbids.
  static LockFile parse(std::string_view text);
};

/// Whether the name of a file is that of a lock file: `pylock.toml` or `pylock.NAME.toml`.
[[nodiscard]] bool is_lock_filename(std::string_view filename);

/// Whether a text without a name is a lock file rather than requirements: it has `lock-version`.
[[nodiscard]] bool looks_like_lock(std::string_view text);

/// The part of a lock file that is to be installed.
struct LockRequest {
  std::vector<std::string> extras;                 ///< in any spelling
  std::optional<std::vector<std::string>> groups;  ///< nullopt: the default groups
  FormatControl formats;                           ///< may replace wheels by source distributions
};

/// A package to install. The pointers are into the lock file.
struct SelectedPackage {
  const LockedPackage* package;
  LockedSource source;
  const LockedFile* file;  ///< a wheel or sdist; null if the package has a `direct` source
};

/// Selects the packages to install ("pylock.toml specification", "Installation"). Throws
/// `base::Error`: exit code 4 if the lock file was not made for this target, if two entries of one
/// project fit or none of its files does, or if a marker cannot be evaluated; exit code 2 for an
/// extra or a group that the lock file does not have.
[[nodiscard]] std::vector<SelectedPackage> select_packages(const LockFile& lock,
                                                           const TargetPython& target,
                                                           const LockRequest& request);

}  // namespace ensure::specs
