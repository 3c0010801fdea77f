#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "venv/interpreter/interpreter_probe.h"
#include "venv/interpreter/linked_program.h"

namespace ensure::venv {

/// What `program` says to `-VV`, if it is a CPython of 3.11 or newer: it was compiled together with
/// the constants that it exports. None where it does not export them.
[[nodiscard]] std::optional<VersionAnswer> version_in_program(const LinkedProgram& program);

/// The text of a version as one number (CPython's "API and ABI Versioning"): 0x030e00c1 is
/// "3.14.0rc1". None where there is no such release.
[[nodiscard]] std::optional<std::string> version_text(std::uint32_t number);

}  // namespace ensure::venv
