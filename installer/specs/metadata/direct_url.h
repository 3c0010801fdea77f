#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/url.h"

namespace ensure::specs {

/// Where a distribution that is no file of an index came from: `direct_url.json` (PEP 610, "Direct
/// URL data structure"), for archives and folders.
struct DirectUrl {
  base::Url url;                      ///< user, password and fragment are left out when written
  std::optional<std::string> sha256;  ///< of an archive, in hexadecimal; nothing for a folder
  bool is_editable = false;           ///< of a folder
  std::string subdirectory;           ///< empty for none

  /// The JSON text, with the older `hash` beside `hashes` as pip writes it.
  [[nodiscard]] std::string to_json() const;
};

}  // namespace ensure::specs
