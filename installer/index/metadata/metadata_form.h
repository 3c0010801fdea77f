#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/error.h"
#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// No METADATA file is larger.
constexpr std::uint64_t kLargestMetadata = std::uint64_t{32} << 20U;

/// The metadata of a version, or the reason why there are none.
struct MetadataResult {
  resolve::MetadataAnswer answer;
  std::optional<base::Error> error = {};  ///< ends the job if the solver asks for the version
  bool lacks_announced = false;           ///< the announced metadata file does not exist
  /// The wheel is damaged or hostile, or contradicts its name (exit code 7).
  bool is_refused = false;
};

/// Reads METADATA. Text that cannot be understood makes the version unavailable.
[[nodiscard]] MetadataResult read_metadata(std::string_view text, const specs::PackageName& name,
                                           const specs::Version& version);

/// The form in the cache: one line each for Requires-Python ("P"), the extras ("E") and the
/// requirements ("R"), normalized.
[[nodiscard]] std::string format_metadata(const resolve::Metadata& metadata);
[[nodiscard]] std::optional<resolve::Metadata> try_parse_metadata(std::string_view bytes);

}  // namespace ensure::index
