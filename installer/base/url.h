#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

struct Curl_URL;  // libcurl's CURLU

namespace ensure::base {

/// An absolute URL with an authority (RFC 3986), such as
/// `https://user:secret@host:8080/simple/?x=1#sha256=0a`, as libcurl understands it.
///
/// The text is normalized: scheme and host in lower case, "." and ".." segments removed, characters
/// that a URL may not contain percent-encoded, an empty query or fragment removed. A URL contains
/// no control characters. Nothing here reads files or the network.
class Url {
 public:
  /// Ignores whitespace around `text`. Throws `ParseError` if `text` is not an absolute URL, is a
  /// path of Windows ("c:/directory"), or names no host although its scheme is not `file:`. The
  /// message does not quote `text`, which may contain a password.
  static Url parse(std::string_view text);
  static std::optional<Url> try_parse(std::string_view text);

  /// The `file:` URL of an absolute path.
  static Url from_path(const Path& path);

  /// Resolves a reference of a page at this URL (RFC 3986, section 5.2). A reference without a host
  /// keeps the user and password of this URL. Throws `ParseError`.
  [[nodiscard]] Url join(std::string_view reference) const;
  [[nodiscard]] std::optional<Url> try_join(std::string_view reference) const;

  [[nodiscard]] std::string_view scheme() const { return part(0, scheme_end_); }
  /// Percent-decoded. A user without a password is often a token.
  [[nodiscard]] std::optional<std::string> user() const;
  [[nodiscard]] std::optional<std::string> password() const;
  /// An IPv6 address has no brackets here. Empty for `file:` URLs.
  [[nodiscard]] std::string_view host() const;
  /// The port of the URL, or the default of `http:` and `https:`, or 0.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Percent-encoded, as in the URL.
  [[nodiscard]] std::string_view path() const { return part(path_begin_, query_begin_); }
  /// Without the "?".
  [[nodiscard]] std::optional<std::string_view> query() const;
  /// Without the "#".
  [[nodiscard]] std::optional<std::string_view> fragment() const;

  /// The last segment of the path, percent-decoded; empty if the path ends in "/". It may contain
  /// any byte, even "/": check it before using it as a file name.
  [[nodiscard]] std::string filename() const;

  /// "https://host" or "https://host:8080": scheme, host and a port that is not the default.
  [[nodiscard]] std::string origin() const;
  /// Same scheme, host and port: credentials for one are valid for the other.
  [[nodiscard]] bool same_origin(const Url& other) const;

  [[nodiscard]] bool is_file() const { return scheme() == "file"; }
  [[nodiscard]] bool is_http() const { return scheme() == "http" || scheme() == "https"; }
  /// The path of a `file:` URL. Throws `Error` (usage) if the scheme differs or the path contains a
  /// NUL byte.
  [[nodiscard]] Path to_path() const;

  /// The whole URL. It may contain a password, so messages use `redacted()`.
  [[nodiscard]] const std::string& to_string() const { return text_; }
  /// The URL for messages, with "****" instead of a password, a user without a password (a token),
  /// and values in the query that look like secrets.
  [[nodiscard]] std::string redacted() const;

  [[nodiscard]] Url without_credentials() const;
  /// Percent-encodes `user` and `password`.
  [[nodiscard]] Url with_credentials(std::string_view user,
                                     const std::optional<std::string>& password) const;
  [[nodiscard]] Url without_fragment() const;
  /// Without query and fragment, and with a "/" at the end of the path, so that references are
  /// joined below it.
  [[nodiscard]] Url as_directory() const;

  friend bool operator==(const Url& left, const Url& right) { return left.text_ == right.text_; }
  friend std::strong_ordering operator<=>(const Url& left, const Url& right) {
    return left.text_ <=> right.text_;
  }

 private:
  Url() = default;

  /// `base` is nullptr for an absolute URL. Returns nullopt and sets `problem` on failure.
  static std::optional<Url> read(std::string_view text, const Url* base, std::string& problem);
  static Url parsed(std::string_view text, const Url* base);
  static Url assembled(Curl_URL* curl);
  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(text_).substr(begin, end - begin);
  }
  [[nodiscard]] std::string_view userinfo() const;
  /// The URL with `userinfo` before the "@"; without both if `userinfo` is empty.
  [[nodiscard]] std::string text_with_userinfo(std::string_view userinfo) const;

  std::string text_;
  // Offsets in `text_`. A part that is missing begins where the next one does.
  std::uint32_t scheme_end_ = 0;       ///< the ":"
  std::uint32_t authority_begin_ = 0;  ///< after "//"
  std::uint32_t host_begin_ = 0;       ///< after "@"
  std::uint32_t host_end_ = 0;
  std::uint32_t path_begin_ = 0;
  std::uint32_t query_begin_ = 0;     ///< the "?"
  std::uint32_t fragment_begin_ = 0;  ///< the "#"
  std::uint16_t port_ = 0;
};

/// The parts of a URL differ in the characters that they may contain besides letters, digits,
/// "-._~" and "!$&'()*+,;=". The values are used in url.cc.
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
