#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bundled/payload/manifest.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

using DistInfoFiles = std::map<std::string, std::string, std::less<>>;

/// The archive inside the executable: wheels that were audited when the program was built, in the
/// form that unpacks fastest. Opening it reads only its manifest; every byte that is used later is
/// checked against a digest first. Thread-safe.
class Bundle {
 public:
  /// Opens a payload, which must outlive the bundle. Throws `Error` (`kVerification`) if its
  /// manifest is damaged.
  explicit Bundle(std::string_view payload);
  ~Bundle();

  /// The wheels, newest first.
  [[nodiscard]] const std::vector<BundledWheel>& wheels() const { return wheels_; }

  /// The newest wheel whose Requires-Python admits the Python of version `python`, the first three
  /// numbers of `sys.version_info`; null if there is none.
  [[nodiscard]] const BundledWheel* newest_for(const specs::Version& python) const;

  /// The files in the .dist-info directory of a wheel by their names in it, such as "RECORD".
  /// Unpacks little more than that directory.
  [[nodiscard]] DistInfoFiles dist_info_files(const BundledWheel& wheel) const;

  /// Visits every file of a part of one of `wheels()`, and then its bytecode for `cache_tag`, if
  /// there is any; for an empty tag there is none. The order is always the same. Throws `Error`
  /// (`kVerification`) if the part is damaged.
  void read_part(const BundledWheel& wheel, std::size_t part, std::string_view cache_tag,
                 const FileVisitor& visit) const;

 private:
  class UnpackerPool;

  std::string_view payload_;
  std::vector<BundledWheel> wheels_;
  std::unique_ptr<UnpackerPool> unpackers_;
};

/// The payload that was embedded into this executable, for `Bundle`. Only programs that link the
/// target `ensure_cargo` have one.
[[nodiscard]] std::string_view embedded_payload();

}  // namespace ensure::bundled
