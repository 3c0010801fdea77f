#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bootstrap/request.h"
#include "bootstrap/result.h"
#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/base/progress.h"
#include "installer/install/installed/distribution.h"
#include "installer/install/transaction/transaction.h"
#include "installer/install/wheel/destination.h"
#include "installer/install/wheel/installation.h"
#include "installer/specs/metadata/layout.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/wheel_source.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::bootstrap {

/// The pip that is installed into targets, and where it comes from.
struct Seed {
  std::unique_ptr<wheel::WheelSource> source;
  std::string origin;  ///< "bundled", "appended", or the path of a wheel
  std::string sha256;  ///< of the wheel file, in hexadecimal
};

/// Chooses the newest pip that runs on the Python of version `python`, with the bytecode for
/// `cache_tag` unless that is empty. A wheel appended to the executable is preferred to
/// the bundled one, whatever its version; a wheel in `wheel_dirs` is taken if it is newer than that
/// one. `bundle` must outlive the seed.
///
/// Throws `Error`: `kInterpreter` if no available pip runs on that Python, `kVerification` if the
/// chosen wheel is damaged or contradicts itself.
[[nodiscard]] Seed choose_seed(const bundled::Bundle& bundle,
                               const std::vector<base::Path>& wheel_dirs,
                               const specs::Version& python, const std::string& cache_tag);

/// A wheel of pip in the archive that is appended to the executable.
struct AppendedWheel {
  std::string filename;
  specs::Version version;
  std::string sha256;  ///< in hexadecimal
};

/// All of them, newest first. Throws `Error` (`kVerification`) if one is damaged.
[[nodiscard]] std::vector<AppendedWheel> appended_wheels();

/// The seed for an interpreter, with bytecode unless the request excludes it.
[[nodiscard]] Seed seed_for(const venv::Interpreter& interpreter, const Request& request,
                            const bundled::Bundle& bundle);

/// Writes the files of the seed. Only Windows needs `launchers`.
void install_seed(const Seed& seed, const specs::Layout& layout,
                  const install::WheelDestination& destination, install::PipCommands commands,
                  const install::Launchers& launchers, base::Progress& progress);

/// Lets `transaction` remove an installed pip, even a damaged one. Its files lie in its own
/// directory or in those of `allowed`.
void remove_pip(install::Transaction& transaction, const install::Distribution& pip,
                const std::vector<base::Path>& allowed);

/// A warning if an interpreter lacks modules of the standard library that pip needs, as Debian's
/// `python3-minimal` does. `standard_library` is empty if it cannot be read here.
[[nodiscard]] std::vector<std::string> library_warnings(const venv::Interpreter& interpreter,
                                                        const base::Path& standard_library);

[[nodiscard]] PackageReport report_of(const Seed& seed);

/// The time that SOURCE_DATE_EPOCH gives to all new files, in seconds since 1970; nullopt if the
/// variable is not set or not a number.
[[nodiscard]] std::optional<std::int64_t> source_date_epoch();

}  // namespace ensure::bootstrap
