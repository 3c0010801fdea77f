#pragma once

#include <string>
#include <string_view>

/// Percent-encoding (RFC 3986, section 2.1), byte-wise.
namespace ensure::base {

/// The parts of a URL differ in the characters that they may contain besides letters, digits,
/// "-._~" and "!$&'()*+,;=".
enum class UrlPart {
  kUserinfo,  ///< no others
  kPath,      ///< ":@/"
  kQuery,     ///< ":@/?"; the same for a fragment
  kAny,       ///< ":@/?#[]": a whole URL
};

/// Replaces every "%XX" by the byte it encodes; keeps a "%" without two hexadecimal digits.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// Encodes literal text as content of `part`, including every "%".
[[nodiscard]] std::string percent_encode(std::string_view text, UrlPart part);

/// Appends `text`, which may be encoded already, to `to`. Encodes only the characters that `part`
/// may not contain, and every "%" that does not begin "%XX".
void append_url_part(std::string& to, std::string_view text, UrlPart part);

}  // namespace ensure::base
