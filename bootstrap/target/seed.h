#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bundled/payload/bundle.h"
#include "installer/base/path.h"
#include "installer/specs/versions/version.h"
#include "installer/wheel/wheel_source.h"

namespace ensure::bootstrap {

/// The pip that is put into targets, and where it comes from.
class Seed {
 public:
  Seed(std::unique_ptr<wheel::WheelSource> source, std::string origin, std::string sha256)
      : source_(std::move(source)), origin_(std::move(origin)), sha256_(std::move(sha256)) {}

  [[nodiscard]] const wheel::WheelSource& source() const { return *source_; }

  /// "bundled", "appended", or the path of a wheel.
  [[nodiscard]] const std::string& origin() const { return origin_; }

  /// Of the wheel file, in hexadecimal.
  [[nodiscard]] const std::string& sha256() const { return sha256_; }

 private:
  std::unique_ptr<wheel::WheelSource> source_;
  std::string origin_;
  std::string sha256_;
};

/// Chooses pip for the Python of version `python`: the newest that runs on it, with the bytecode
/// for `cache_tag` unless that is empty. What is appended to the executable is preferred to what is
/// bundled, whatever its version; the wheels in `wheel_dirs` come in where they are newer than
/// that. `bundle` must outlive the seed.
///
/// Throws `Error`: `kInterpreter` where no pip at hand runs on that Python, `kVerification` where
/// the wheel chosen is damaged or contradicts itself.
[[nodiscard]] Seed choose_seed(const bundled::Bundle& bundle,
                               const std::vector<base::Path>& wheel_dirs,
                               const specs::Version& python, const std::string& cache_tag);

/// A wheel of pip in the archive that is appended to the executable.
struct AppendedWheel {
  std::string filename;
  specs::Version version;
  std::string sha256;  ///< in hexadecimal
};

/// All of them, newest first. Throws `Error` (`kVerification`) where one is damaged.
[[nodiscard]] std::vector<AppendedWheel> appended_wheels();

}  // namespace ensure::bootstrap
