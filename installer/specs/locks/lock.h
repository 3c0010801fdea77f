#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "installer/specs/requirements/marker.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::specs {

/// A wheel, a source distribution or another archive that a lock file names.
struct LockedFile {
  std::string filename;               ///< of an archive maybe empty
  std::string url;                    ///< empty for none
  std::string path;                   ///< relative to the lock file, or absolute; empty for none
  std::optional<std::uint64_t> size;  ///< in bytes
  std::optional<std::int64_t> upload_time;  ///< microseconds since 1970 in UTC
  /// Names of algorithms with hexadecimal digests, one at least; as written.
  std::vector<std::pair<std::string, std::string>> hashes;
  std::string subdirectory;  ///< of an archive: where its project is
};

/// A project in a folder.
struct LockedDirectory {
  std::string path;  ///< relative to the lock file, or absolute
  bool is_editable = false;
  std::string subdirectory;
};

/// A project in a version control system.
struct LockedCheckout {
  std::string type;  ///< "git"
  std::string url;
  std::string path;
  std::string requested_revision;
  std::string commit_id;
  std::string subdirectory;
};

/// One entry of `packages`: one way to install one project. It has wheels or a source distribution,
/// or else exactly one of directory, archive and checkout.
struct LockedPackage {
  PackageName name;
  std::optional<Version> version;
  std::optional<Marker> marker;
  std::optional<SpecifierSet> requires_python;
  std::vector<std::string> dependencies;  ///< names, for information
  std::string index;
  std::vector<LockedFile> wheels;
  std::optional<LockedFile> sdist;
  std::optional<LockedFile> archive;
  std::optional<LockedDirectory> directory;
  std::optional<LockedCheckout> checkout;
};

/// A lock file: `pylock.toml` (PEP 751, "pylock.toml specification").
struct Lock {
  std::string lock_version;
  std::string created_by;
  std::optional<std::vector<Marker>> environments;
  std::optional<SpecifierSet> requires_python;
  std::vector<PackageName> extras;
  std::vector<std::string> dependency_groups;
  std::vector<std::string> default_groups;
  std::vector<LockedPackage> packages;

  /// Unknown keys are ignored. Throws `base::Error` (usage) where the text is no lock file, names
  /// another major version, or has an entry that the specification forbids.
  static Lock parse(std::string_view text);
};

/// Whether a file is a lock file by its name: `pylock.toml` or `pylock.NAME.toml`.
[[nodiscard]] bool is_lock_filename(std::string_view filename);

}  // namespace ensure::specs
