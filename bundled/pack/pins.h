#pragma once

#include <map>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::bundled {

/// The digests that the checked-in manifest demands of the wheels that are bundled.
class Pins {
 public:
  /// Reads bundled/manifest.json. Throws `Error` (`kVerification`) if it is malformed.
  static Pins read(const base::Path& manifest);

  /// Throws `Error` (`kVerification`) unless a wheel of this name is pinned with this SHA-256.
  void require(std::string_view filename, std::string_view sha256) const;

 private:
  std::map<std::string, std::string, std::less<>> sha256_of_;
};

}  // namespace ensure::bundled
