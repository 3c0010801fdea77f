#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "installer/specs/metadata/headers.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::install {

/// A project that is installed in a directory such as site-packages (PEP 376).
struct Distribution {
  specs::PackageName name;
  specs::Version version;
  std::filesystem::path site_packages;  ///< the directory that it is installed in
  std::filesystem::path dist_info;      ///< the `.dist-info` directory in it
};

/// The distributions in a directory, in the order of their names on disk; what is not named
/// `NAME-VERSION.dist-info` is none. A directory that does not exist has none.
[[nodiscard]] std::vector<Distribution> find_distributions(const std::filesystem::path& directory);

/// Those of one project: none, one, or more where an installer was interrupted.
[[nodiscard]] std::vector<Distribution> find_distributions(const std::filesystem::path& directory,
                                                           const specs::PackageName& name);

/// What the file INSTALLER says; empty where there is none.
[[nodiscard]] std::string installer_of(const Distribution& distribution);

/// The fields of its METADATA, without the description behind them; no fields if it has no
/// METADATA. Throws `base::Error` (`kVerification`) that names the file if that cannot be parsed.
[[nodiscard]] specs::Headers metadata_headers(const Distribution& distribution);

/// The rows of its RECORD; none where there is no RECORD, or none that can be read.
[[nodiscard]] std::vector<specs::RecordEntry> recorded_rows(const Distribution& distribution);

/// An installed file that is not as RECORD says.
struct Damage {
  enum class Kind { kMissing, kChanged };

  std::filesystem::path path;
  Kind kind;
};

/// How thoroughly installed files are compared with RECORD.
enum class Thoroughness {
  kSize,    ///< they exist and have the size; less than a millisecond for pip
  kDigest,  ///< and they have the content
};

/// What of a distribution is not as RECORD says; a distribution without a RECORD misses that.
/// Bytecode may come and go, and files with absolute paths belong to others: both are not looked
/// at.
[[nodiscard]] std::vector<Damage> find_damage(const Distribution& distribution,
                                              Thoroughness thoroughness);

}  // namespace ensure::install
