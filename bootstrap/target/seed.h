#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/wheel_source.h"

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

/// The time that SOURCE_DATE_EPOCH gives to all new files, in seconds since 1970; nullopt if the
/// variable is not set or empty. Throws `Error` (`kUsage`) if it is not a number.
[[nodiscard]] std::optional<std::int64_t> source_date_epoch();

}  // namespace ensure::bootstrap
