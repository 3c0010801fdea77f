#pragma once

#include <string>
#include <string_view>

namespace ensure::bundled {

/// Lists a payload as JSON for people and for a distributor's tools: wheels with digests, files
/// with sizes and digests, bytecode, frames. The program itself does not read it.
[[nodiscard]] std::string list_payload(std::string_view payload);

}  // namespace ensure::bundled
