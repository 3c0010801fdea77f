#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/resolve/provider.h"
#include "installer/specs/requirements/package_name.h"
#include "installer/specs/versions/version.h"

namespace ensure::index {

/// What the METADATA of a version says.
struct ReadMetadata {
  resolve::MetadataAnswer answer;
  /// It is no METADATA, or that of another project or version than the file's name says.
  bool is_refused = false;
};

/// Reads METADATA. Where it cannot be understood, the version is unavailable.
[[nodiscard]] ReadMetadata read_metadata(std::string_view text, const specs::PackageName& name,
                                         const specs::Version& version);

/// What a cache keeps of METADATA: one line each for Requires-Python ("P"), the extras ("E") and
/// the requirements ("R"), in their normal form.
[[nodiscard]] std::string format_metadata(const resolve::Metadata& metadata);
[[nodiscard]] std::optional<resolve::Metadata> try_parse_metadata(std::string_view bytes);

}  // namespace ensure::index
