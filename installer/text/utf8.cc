#include "installer/text/utf8.h"

namespace ensure::text {

void append_utf8(std::string& text, std::uint32_t code) {
  const auto tail = [&text](std::uint32_t bits) {
    text += static_cast<char>(0x80U | (bits & 0x3FU));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | code >> 6U);
    tail(code);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0U | code >> 12U);
    tail(code >> 6U);
    tail(code);
  } else {
    text += static_cast<char>(0xF0U | code >> 18U);
    tail(code >> 12U);
    tail(code >> 6U);
    tail(code);
  }
}

}  // namespace ensure::text
