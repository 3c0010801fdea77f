#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "installer/specs/locks/lock_file.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/requirements/requirement_line.h"
#include "installer/specs/versions/specifiers.h"

namespace ensure::bootstrap {

/// A wheel, an archive, a directory or a repository that is requested by path or URL.
struct RequestedFile {
  std::string url;        ///< absolute: `file:`, `http:` or `https:`; `git+...` for a repository
  bool editable = false;  ///< a directory that is installed by reference
  std::optional<specs::Requirement> named;  ///< the requirement of `name @ URL`
  std::vector<specs::PackageName> extras;   ///< of a file without a name
  std::optional<specs::Marker> marker;      ///< the file is requested only if it applies
  std::vector<specs::HashOption> hashes;    ///< the file must have one of them; empty: any
  std::string source;                       ///< for messages: "requirements.txt:3"
};

/// The digests of the files of a project: each must have one of them.
struct RequestedHashes {
  specs::PackageName name;
  std::vector<specs::HashOption> hashes;
};

/// A lock file, and its path or URL, which paths in it are relative to.
struct RequestedLock {
  specs::LockFile lock;
  std::vector<std::string> extras;
  std::string location;
  // NOLINTNEXTLINE(readability-redundant-member-init): so that initializers may leave it out
  std::vector<std::string> groups = {};  ///< besides its default groups
};

/// The versions of Python that a file demands (`requires-python`).
struct RequiredPython {
  specs::SpecifierSet versions;
  std::string source;  ///< the file
};

/// The requirements of a run, from all sources.
struct RequestedPackages {
  std::vector<specs::Requirement> requirements;  ///< of projects in an index
  std::vector<specs::Requirement> constraints;
  std::vector<RequestedFile> files;
  std::vector<RequestedHashes> hashes;
  std::vector<RequestedLock> locks;
  std::vector<RequiredPython> pythons;
  std::vector<std::string> warnings;
};

/// A file is named by the user, or by a file that includes it.
enum class NamedBy { kUser, kFile };

/// Returns the text of a file by its path or URL; "-" is standard input.
using TextLoader = std::function<std::string(const std::string& location, NamedBy named_by)>;

/// Reads the requirements, files, constraints and groups of `request`. Adds the options in
/// requirements files, such as an index, to `request`, which overrides them.
///
/// Throws `Error` (`kUsage`) that names all lines that cannot be read; also for requirements that
/// cannot be installed, such as those in other version control systems than git.
[[nodiscard]] RequestedPackages read_requested_packages(PackageRequest& request,
                                                        const TextLoader& loader);

}  // namespace ensure::bootstrap
