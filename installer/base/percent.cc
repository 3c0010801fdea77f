#include "installer/base/percent.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace ensure::base {

namespace {

constexpr unsigned bit(UrlPart part) { return 1U << static_cast<unsigned>(part); }

/// The parts that may contain each byte, as bits.
constexpr std::array<std::uint8_t, 256> make_allowed() {
  std::array<std::uint8_t, 256> allowed{};
  const auto allow = [&allowed](std::string_view characters, unsigned parts) {
    for (const char c : characters) {
      allowed[static_cast<unsigned char>(c)] |= static_cast<std::uint8_t>(parts);
    }
  };
  const unsigned not_userinfo = bit(UrlPart::kPath) | bit(UrlPart::kQuery) | bit(UrlPart::kAny);
  allow(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
      "!$&'()*+,;=",
      not_userinfo | bit(UrlPart::kUserinfo));
  allow(":@/", not_userinfo);
  allow("?", bit(UrlPart::kQuery) | bit(UrlPart::kAny));
  allow("#[]", bit(UrlPart::kAny));
  return allowed;
}

constexpr std::array<std::uint8_t, 256> kAllowed = make_allowed();

bool is_allowed(char c, UrlPart part) {
  return (kAllowed[static_cast<unsigned char>(c)] & bit(part)) != 0;
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

void append_encoded(std::string& to, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  to += '%';
  to += kDigits[byte >> 4U];
  to += kDigits[byte & 15U];
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
  encoded.reserve(text.size());
  for (const char c : text) {
    if (is_allowed(c, part)) {
      encoded += c;
    } else {
      append_encoded(encoded, c);
    }
  }
  return encoded;
}

void append_url_part(std::string& to, std::string_view text, UrlPart part) {
  std::size_t kept = 0;  // the text between `kept` and `i` needs no encoding
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_allowed(text[i], part) || is_encoded_byte(text, i)) continue;
    to.append(text.substr(kept, i - kept));
    append_encoded(to, text[i]);
    kept = i + 1;
  }
  to.append(text.substr(kept));
}

}  // namespace ensure::base
