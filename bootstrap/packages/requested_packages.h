#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/packages/package_request.h"
#include "installer/specs/locks/lock_file.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/requirements/requirement_line.h"

namespace ensure::bootstrap {

/// A wheel, an archive or a folder that is asked for by where it is.
struct RequestedFile {
  std::string url;                          ///< absolute: `file:`, `http:` or `https:`
  std::optional<specs::Requirement> named;  ///< with its name, where that was given: `name @ URL`
  std::vector<specs::PackageName> extras;   ///< where it was not
  std::optional<specs::Marker> marker;      ///< without which it is not asked for
  std::vector<specs::HashOption> hashes;    ///< any one of which it must have; none: not told
  std::string source;                       ///< for messages: "requirements.txt:3"
};

/// The digests that a project's files may have, any one of them.
struct RequestedHashes {
  specs::PackageName name;
  std::vector<specs::HashOption> hashes;
};

/// A lock file, and the folder or URL that paths in it are relative to.
struct RequestedLock {
  specs::LockFile lock;
  std::vector<std::string> extras;
  std::string location;
};

/// All that is asked for, from whatever file it came.
struct RequestedPackages {
  std::vector<specs::Requirement> requirements;  ///< of projects in an index
  std::vector<specs::Requirement> constraints;
  std::vector<RequestedFile> files;
  std::vector<RequestedHashes> hashes;
  std::vector<RequestedLock> locks;
  std::vector<std::string> warnings;
};

/// Who names a file to read: the user, or a file that includes it.
enum class NamedBy { kUser, kFile };

/// Gives the text of a file by its path or URL, "-" for standard input.
using TextLoader = std::function<std::string(const std::string& location, NamedBy named_by)>;

/// Reads all that `request` names: words, files, constraints and groups. Options in requirements
/// files, such as an index, are put into `request`, weaker than what it has already.
///
/// Throws `Error` (`kUsage`) that names all lines that cannot be read; also for what cannot be
/// installed at all, such as editable requirements, with the command that does it afterwards.
[[nodiscard]] RequestedPackages read_requested_packages(PackageRequest& request,
                                                        const TextLoader& loader);

}  // namespace ensure::bootstrap
