#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundled/pack/packed_wheel.h"

namespace ensure::bundled {

/// Reads a payload as the program will, and throws `Error` (`kFailure`) unless it gives back
/// exactly the files of `wheels`: digests made from a wrong payload would never tell.
void prove_payload(std::string_view payload, const std::vector<PackedWheel>& wheels);

/// Throws `Error` (`kFailure`) unless the payload has the bytecode of CPython for each of
/// `versions`, such as "3.12". It may be missing because the build machine lacks that Python, or
/// because the payload had no room for it.
void require_bytecode(std::string_view payload, const std::vector<std::string>& versions);

}  // namespace ensure::bundled
