#pragma once

#include <string>
#include <string_view>

/// Percent-encoding (RFC 3986, section 2.1), byte-wise.
namespace ensure::base {

/// The parts of a URL differ in the characters that they may contain besides letters, digits,
/// "-._~" and "!$&'()*+,;=". The values are used in percent.cc.
enum class UrlPart {
  kUserinfo = 15,  ///< no others
  kPath = 18,      ///< ":@/"
  kQuery = 19,     ///< ":@/?"; the same for a fragment
  kAny = 22,       ///< ":@/?#[]": a whole URL
};

/// Replaces every "%XX" by the byte it encodes; keeps a "%" without two hexadecimal digits.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// Encodes literal text as content of `part`, including every "%".
[[nodiscard]] std::string percent_encode(std::string_view text, UrlPart part);

/// Appends `text`, which may be encoded already, to `to`. Encodes only the characters that `part`
/// may not contain, and every "%" that does not begin "%XX".
void append_url_part(std::string& to, std::string_view text, UrlPart part);

}  // namespace ensure::base
