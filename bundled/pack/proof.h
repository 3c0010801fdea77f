#pragma once

#include <string_view>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

/// Reads a payload as the program will, and throws `Error` (`kFailure`) unless it gives back
/// exactly the files of `wheels`: digests made from a wrong payload would never tell.
void prove_payload(std::string_view payload, const std::vector<PackedWheel>& wheels);

}  // namespace ensure::bundled
