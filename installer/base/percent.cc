#include "installer/base/percent.h"

#include <cstddef>

namespace ensure::base {

namespace {

bool is_allowed(char c, UrlPart part) {
  // Each part allows the characters up to a length of this text.
  constexpr std::string_view kSpecial = "-._~!$&'()*+,;=:@/?#[]";
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return kSpecial.find(c) < static_cast<std::size_t>(part);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_encoded_byte(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 &&
         hex_value(text[at + 2]) >= 0;
}

void append(std::string& to, std::string_view text, UrlPart part, bool keeps_encoded) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  to.reserve(to.size() + text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_allowed(text[i], part) || (keeps_encoded && is_encoded_byte(text, i))) {
      to += text[i];
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    to.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
  }
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_encoded_byte(text, i)) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

std::string percent_encode(std::string_view text, UrlPart part) {
  std::string encoded;
  append(encoded, text, part, false);
  return encoded;
}

void append_url_part(std::string& to, std::string_view text, UrlPart part) {
  append(to, text, part, true);
}

}  // namespace ensure::base
