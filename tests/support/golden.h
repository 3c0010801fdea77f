#pragma once

#include <string>

#include "tests/support/file_system.h"

namespace ensure::tests {

/// Checks that a file of the repository holds `text`, where `file` is its path from the root of the
/// sources. With ENSURE_TEST_ACCEPT=1 in the environment the file is written instead, for the
/// author to read what `git diff` shows.
void check_golden(const fs::path& file, const std::string& text);

}  // namespace ensure::tests
