#pragma once

#include <string>
#include <string_view>

/// Percent-encoding (RFC 3986, section 2.1), byte-wise.
namespace ensure::base {

/// The characters that a part of a URL may hold as they are, in addition to the unreserved ones
/// (letters, digits, "-._~").
enum class UrlPart {
  kUserinfo,  ///< sub-delims
  kPath,      ///< sub-delims and ":@/"
  kQuery,     ///< sub-delims and ":@/?"; the same for a fragment
};

/// `text` with every "%XX" replaced by the byte it stands for; a "%" without two hexadecimal digits
/// stays as it is.
[[nodiscard]] std::string percent_decode(std::string_view text);

/// `text` as literal content of `part`: all that may not stand there, and "%" itself, is encoded.
[[nodiscard]] std::string percent_encode(std::string_view text, UrlPart part);

/// Appends `text`, which may be encoded already, to `to`: only what may not stand in `part` is
/// encoded, among it every "%" that begins no "%XX".
void append_url_part(std::string& to, std::string_view text, UrlPart part);

}  // namespace ensure::base
