#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "installer/resolve/provider.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/specs/tags/tag_set.h"
#include "installer/specs/tags/tags.h"
#include "installer/specs/versions/specifiers.h"
#include "installer/specs/versions/version.h"

namespace ensure::resolve {

/// One file of a version, as far as choosing goes. It refers to what the caller holds.
struct ReleaseFile {
  /// The name of a wheel; null for a source distribution.
  const specs::WheelFilename* wheel = nullptr;
  const specs::SpecifierSet* requires_python = nullptr;  ///< null where nobody says
  bool yanked = false;
  std::optional<std::int64_t> upload_time;  ///< seconds since 1970
};

/// Which files may be taken.
struct FilePolicy {
  const specs::TagSet& tags;
  const specs::Version& python_version;
  bool wheels = true;    ///< false for `--no-binary`
  bool sources = false;  ///< true for `--build-sdists` and `--no-binary`
  std::optional<std::int64_t>
      exclude_newer;  ///< seconds since 1970; the files of that second count
};

/// The file of a version that is to be taken, or why there is none.
struct FileChoice {
  std::optional<std::size_t> file;  ///< its place among the files given
  bool yanked = false;              ///< the file, or where there is none, all of them
  std::optional<Unusable> unusable;
};

/// The order in which the reasons of several files are worth telling, the most telling highest: a
/// file that fits but for its Requires-Python came nearer than one for another platform.
[[nodiscard]] int nearness(Obstacle obstacle);

/// What keeps a file from being taken, such as "has no upload time"; `requires_python` is what it
/// says, and not null where that is the obstacle.
[[nodiscard]] std::string describe(Obstacle obstacle, const specs::SpecifierSet* requires_python);

/// Chooses among the files of one version: wheels before source distributions, not yanked before
/// yanked, then the wheel with the best tag, then the one with the highest build number. Where
/// there is none to take, the reason is that of the file which came nearest.
[[nodiscard]] FileChoice choose_file(std::span<const ReleaseFile> files, const FilePolicy& policy);

}  // namespace ensure::resolve
