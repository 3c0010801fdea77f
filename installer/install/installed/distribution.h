#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"
#include "installer/specs/metadata/core_metadata.h"
#include "installer/specs/metadata/record.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::install {

class Transaction;

/// A distribution that is installed in a directory such as site-packages (PEP 376).
struct Distribution {
  specs::PackageName name;
  specs::Version version;
  base::Path site_packages;  ///< the directory that it is installed in
  base::Path dist_info;      ///< the `.dist-info` directory in it
};

/// The distributions in a directory, in the order of their names on disk. Ignores entries that are
/// not named `NAME-VERSION.dist-info`. Empty if the directory does not exist.
[[nodiscard]] std::vector<Distribution> find_distributions(const base::Path& site_packages);

/// The distributions of one project; more than one after an interrupted installation.
[[nodiscard]] std::vector<Distribution> find_distributions(const base::Path& site_packages,
                                                           const specs::PackageName& name);

/// The fields of its METADATA, without the description behind them; no fields if it has no
/// METADATA. Throws `base::Error` (`kVerification`) that names the file if that cannot be parsed.
[[nodiscard]] specs::Headers metadata_headers(const Distribution& distribution);

/// The rows of its RECORD; empty if RECORD is missing or cannot be parsed.
[[nodiscard]] std::vector<specs::RecordEntry> recorded_rows(const Distribution& distribution);

/// The existing files below `target` that RECORD lists, except those at or below one of `excluded`:
/// the commands and data of the distribution beside its library. Links in their directories are
/// resolved.
[[nodiscard]] std::vector<base::Path> recorded_paths(const Distribution& distribution,
                                                     const base::Path& target,
                                                     const std::vector<base::Path>& excluded);

/// The module of bytecode (PEP 3147): the path of `NAME.py` for `__pycache__/NAME.TAG.pyc`. Empty
/// for other files.
[[nodiscard]] std::string module_of_bytecode(std::string_view path);

/// Whether all files of a distribution exist with the sizes that its RECORD lists; reads none of
/// them. False if RECORD is missing. Ignores bytecode, which may come and go, and files with
/// absolute paths, which belong to others.
[[nodiscard]] bool is_complete(const Distribution& distribution);

/// Whether the distribution was installed from a wheel with the same modules and the same metadata,
/// by the digests that both RECORDs list. Ignores files of the `.data` directory, because
/// installing changes some of them.
[[nodiscard]] bool has_content_of(const Distribution& installed, const wheel::WheelSource& wheel);

/// Makes `transaction` remove the files that the RECORDs of `removed` list, and their bytecode.
/// Removes a directory as a whole if it contains nothing else. Keeps files that the RECORD of one
/// of `kept` also lists, and `own_files`, the files of the target itself, whatever a RECORD lists.
///
/// Throws `Error` (`kVerification`), before anything is changed, if a RECORD is missing, or if a
/// file is neither in the distribution's directory nor in one of the directories `allowed`, links
/// resolved.
void remove_distributions(Transaction& transaction, const std::vector<Distribution>& removed,
                          const std::vector<Distribution>& kept,
                          const std::vector<base::Path>& allowed,
                          const std::vector<base::Path>& own_files = {});

}  // namespace ensure::install
