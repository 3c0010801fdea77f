#pragma once

#include "bundled/pack/packed_wheel.h"
#include "installer/base/path.h"

namespace ensure::bundled {

/// Audits a wheel file and reads all of it into memory, without bytecode. Throws `Error`
/// (`kVerification`) if the wheel is not sound.
[[nodiscard]] PackedWheel read_wheel(const base::Path& path);

}  // namespace ensure::bundled
