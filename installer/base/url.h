#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::base {

/// An absolute URL (RFC 3986), such as `https://user:secret@host:8080/simple/?x=1#sha256=0a`.
///
/// What is read is brought into one form: scheme and host in lower case, "." and ".." segments
/// removed, characters that may not stand in a URL (blanks, bytes beyond ASCII) percent-encoded. A
/// URL holds no control characters. Pure: nothing here looks at files or the network.
class Url {
 public:
  /// Blanks around `text` are ignored. Throws `ParseError` where `text` is no absolute URL; among
  /// those are "c:/folder" (a path of Windows) and `http:` and `https:` URLs without a host. The
  /// error does not quote `text`, which may hold a password.
  static Url parse(std::string_view text);
  static std::optional<Url> try_parse(std::string_view text);

  /// The `file:` URL of an absolute path.
  static Url from_path(const Path& path);

  /// The URL that `reference` means on a page at this URL (RFC 3986, section 5.2). User and
  /// password of this URL go with a reference that names no host. Throws `ParseError`.
  [[nodiscard]] Url join(std::string_view reference) const;
  [[nodiscard]] std::optional<Url> try_join(std::string_view reference) const;

  [[nodiscard]] std::string_view scheme() const { return part(0, scheme_end_); }
  /// Percent-decoded; none where the URL names none. A user without a password is often a token.
  [[nodiscard]] std::optional<std::string> user() const;
  [[nodiscard]] std::optional<std::string> password() const;
  /// An IPv6 address is without brackets. Empty where the URL has none, as in `file:///path`.
  [[nodiscard]] std::string_view host() const;
  /// The port as written, else the scheme's own (80, 443), else 0.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Percent-encoded, as in the URL.
  [[nodiscard]] std::string_view path() const { return part(path_begin_, query_begin_); }
  /// Without its "?"; none where there is no "?".
  [[nodiscard]] std::optional<std::string_view> query() const;
  /// Without its "#"; none where there is no "#".
  [[nodiscard]] std::optional<std::string_view> fragment() const;

  /// The last segment of the path, percent-decoded; empty where the path ends in "/". It may hold
  /// any byte, "/" among them: whoever makes a file name of it has to check.
  [[nodiscard]] std::string filename() const;

  /// "https://host" or "https://host:8080": scheme, host and a port that is not the scheme's own.
  [[nodiscard]] std::string origin() const;
  /// Same scheme, host and port; credentials may go from one to the other.
  [[nodiscard]] bool same_origin(const Url& other) const;

  [[nodiscard]] bool is_file() const { return scheme() == "file"; }
  [[nodiscard]] bool is_http() const { return scheme() == "http" || scheme() == "https"; }
  /// The path that a `file:` URL means. Throws `Error` (usage) where it means none: another scheme,
  /// another host, a NUL byte.
  [[nodiscard]] Path to_path() const;

  /// The whole URL. It may hold a password: in messages stands `redacted()`.
  [[nodiscard]] const std::string& to_string() const { return text_; }
  /// The URL for people: a password, a user without one, and values of a query that look like
  /// secrets are "****".
  [[nodiscard]] std::string redacted() const;

  [[nodiscard]] Url without_credentials() const;
  /// `user` and `password` are not encoded.
  [[nodiscard]] Url with_credentials(std::string_view user,
                                     const std::optional<std::string>& password) const;
  [[nodiscard]] Url without_fragment() const;
  /// The URL with a "/" at the end of its path, so that references are joined below it; without
  /// query and fragment.
  [[nodiscard]] Url as_folder() const;

  friend bool operator==(const Url& left, const Url& right) { return left.text_ == right.text_; }
  friend std::strong_ordering operator<=>(const Url& left, const Url& right) {
    return left.text_ <=> right.text_;
  }

 private:
  class Parser;
  Url() = default;

  [[nodiscard]] static std::uint16_t default_port(std::string_view scheme);

  [[nodiscard]] std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(text_).substr(begin, end - begin);
  }
  [[nodiscard]] std::string_view userinfo() const;
  /// The URL with what stands before the "@" replaced; nothing of it, nor the "@", where empty.
  [[nodiscard]] std::string text_with_userinfo(std::string_view userinfo) const;

  std::string text_;
  // Where the parts begin in `text_`. Those that are missing begin where the next one does.
  std::uint32_t scheme_end_ = 0;       ///< the ":"
  std::uint32_t authority_begin_ = 0;  ///< after "//"
  std::uint32_t host_begin_ = 0;       ///< after "@"
  std::uint32_t host_end_ = 0;
  std::uint32_t path_begin_ = 0;
  std::uint32_t query_begin_ = 0;     ///< the "?"
  std::uint32_t fragment_begin_ = 0;  ///< the "#"
  std::uint16_t port_ = 0;
};

}  // namespace ensure::base
