#pragma once

#include <cstdint>
#include <string>

namespace ensure::text {

/// Appends a character by its number (at most 0x10FFFF, no surrogate) in UTF-8.
void append_utf8(std::string& text, std::uint32_t code);

}  // namespace ensure::text
