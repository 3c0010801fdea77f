#pragma once

#include <string>

#include "bundled/payload/bundle.h"

/// What the bundled pip brings along that is not its own code.
namespace ensure::bootstrap {

/// The address of the index that the newest bundled pip uses by default.
[[nodiscard]] std::string default_index(const bundled::Bundle& bundle);

/// Certificates in PEM for a machine that has none of its own.
[[nodiscard]] std::string certificates(const bundled::Bundle& bundle);

}  // namespace ensure::bootstrap
