#include <algorithm>
#include <limits>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/percent.h"
#include "installer/base/text.h"
#include "installer/base/url.h"

namespace ensure::base {

namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The length of the scheme that `text` begins with, its ":" excluded; 0 where there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_letter(text[0])) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ':') return i;
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
  }
  return 0;
}

bool has_control_character(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return true;
  }
  return false;
}

/// A reference cut into its parts (RFC 3986, appendix B), nothing of it checked.
struct Parts {
  std::string_view scheme;
  std::optional<std::string_view> authority;
  std::string_view path;
  std::optional<std::string_view> query;
  std::optional<std::string_view> fragment;
};

Parts cut(std::string_view text) {
  Parts parts;
  if (const std::size_t length = scheme_length(text); length > 0) {
    parts.scheme = text.substr(0, length);
    text.remove_prefix(length + 1);
  }
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    parts.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    parts.query = text.substr(mark + 1);
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    const std::size_t end = std::min(text.find('/', 2), text.size());
    parts.authority = text.substr(2, end - 2);
    text.remove_prefix(end);
  }
  parts.path = text;
  return parts;
}

/// Removes "." and ".." segments of the path that begins at `begin` (RFC 3986, section 5.2.4).
void remove_dot_segments(std::string& text, std::size_t begin) {
  const std::string_view path = std::string_view(text).substr(begin);
  if (!path.starts_with('/') || path.find("/.") == std::string_view::npos) return;
  std::string kept;
  kept.reserve(path.size());
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t next = std::min(path.find('/', at + 1), path.size());
    const std::string_view segment = path.substr(at + 1, next - at - 1);
    const bool is_last = next == path.size();
    if (segment == "..") kept.erase(std::min(kept.rfind('/'), kept.size()));
    if (segment != "." && segment != "..") {
      kept.append(path.substr(at, next - at));
    } else if (is_last) {
      kept += '/';
    }
    at = next;
  }
  text.replace(begin, std::string::npos, kept);
}

}  // namespace

/// Writes the text of a URL part after part, checks each, and notes where it begins.
class Url::Parser {
 public:
  explicit Parser(std::string_view source) : source_(source) {}

  /// Empty where the source is wrong; `problem()` then says why.
  [[nodiscard]] std::optional<Url> absolute() {
    const Parts parts = cut_source();
    if (parts.scheme.empty()) return fail("is no URL: it has no scheme such as `https:`");
    if (parts.scheme.size() == 1) return fail("is the path of a file, not a URL");
    url_.text_.reserve(source_.size() + 8);
    if (!write_scheme(parts.scheme) || !write_authority(parts.authority)) return std::nullopt;
    write_path(parts.path);
    return finish(parts.query, parts.fragment);
  }

  [[nodiscard]] std::optional<Url> relative_to(const Url& base) {
    const Parts parts = cut_source();
    if (!parts.scheme.empty()) return absolute();
    url_.text_.reserve(base.path_begin_ + base.path().size() + source_.size() + 8);
    if (parts.authority) {
      if (!write_scheme(base.scheme()) || !write_authority(parts.authority)) return std::nullopt;
      write_path(parts.path);
      return finish(parts.query, parts.fragment);
    }
    copy_authority(base);
    if (parts.path.empty()) {
      url_.text_.append(base.path());
      return finish(parts.query ? parts.query : base.query(), parts.fragment);
    }
    if (!parts.path.starts_with('/')) merge_base_path(base);
    write_path(parts.path);
    return finish(parts.query, parts.fragment);
  }

  [[nodiscard]] ParseError error() const {
    return {"the address " + std::string(problem_), std::string(source_), 0, source_.size()};
  }

 private:
  [[nodiscard]] Parts cut_source() {
    source_ = trim(source_);
    return cut(source_);
  }

  std::nullopt_t fail(std::string_view problem) {
    problem_ = problem;
    return std::nullopt;
  }

  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(url_.text_.size()); }

  bool write_scheme(std::string_view scheme) {
    url_.text_.append(to_lower(scheme));
    url_.scheme_end_ = here();
    url_.port_ = default_port(url_.text_);
    url_.text_ += ':';
    return true;
  }

  bool write_authority(const std::optional<std::string_view>& authority) {
    url_.authority_begin_ = url_.host_begin_ = url_.host_end_ = url_.path_begin_ = here();
    if (!authority) {
      if (!url_.is_http()) return true;
      fail("names no host");
      return false;
    }
    url_.text_.append("//");
    url_.authority_begin_ = here();
    std::string_view rest = *authority;
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
      write_userinfo(rest.substr(0, at));
      rest.remove_prefix(at + 1);
    }
    return write_host_and_port(rest);
  }

  void write_userinfo(std::string_view userinfo) {
    if (userinfo.empty()) return;
    const std::size_t colon = std::min(userinfo.find(':'), userinfo.size());
    append_url_part(url_.text_, userinfo.substr(0, colon), UrlPart::kUserinfo);
    if (colon < userinfo.size()) {
      url_.text_ += ':';
      append_url_part(url_.text_, userinfo.substr(colon + 1), UrlPart::kUserinfo);
    }
    url_.text_ += '@';
  }

  bool write_host_and_port(std::string_view text) {
    const bool bracketed = text.starts_with('[');
    const std::size_t host_end =
        bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
    const std::string_view host = text.substr(0, host_end);
    const std::string_view rest = text.substr(host_end);
    if (bracketed ? !is_ip_literal(host) : !is_host_name(host)) {
      fail(
          "has a host with characters that no host has; a name beyond ASCII is written as `xn--…`");
      return false;
    }
    if (url_.is_http() && host.empty()) {
      fail("names no host");
      return false;
    }
    url_.host_begin_ = here();
    url_.text_.append(to_lower(host));
    url_.host_end_ = here();
    return write_port(rest);
  }

  static bool is_host_name(std::string_view host) {
    constexpr std::string_view kAllowed = "!$&'()*+,;=%";
    for (const char c : host) {
      if (kUnreserved.find(c) == std::string_view::npos &&
          kAllowed.find(c) == std::string_view::npos) {
        return false;
      }
    }
    return true;
  }

  static bool is_ip_literal(std::string_view host) {
    return host.size() > 2 &&
           host.find_first_not_of("0123456789abcdefABCDEFvV:.%[]") == std::string_view::npos &&
           host.find('[', 1) == std::string_view::npos;
  }

  /// `text` is empty or begins with ":". An empty port is none (RFC 3986, section 3.2.3).
  bool write_port(std::string_view text) {
    std::uint32_t port = 0;
    for (std::size_t i = 1; i < text.size() && port <= std::numeric_limits<std::uint16_t>::max();
         ++i) {
      port = is_digit(text[i]) ? port * 10 + static_cast<std::uint32_t>(text[i] - '0') : 0xFFFFFFU;
    }
    if (port > std::numeric_limits<std::uint16_t>::max() || (!text.empty() && text[0] != ':')) {
      fail("has a port that is no number between 1 and 65535");
      return false;
    }
    if (text.size() > 1) {
      url_.text_.append(":").append(std::to_string(port));
      url_.port_ = static_cast<std::uint16_t>(port);
    }
    url_.path_begin_ = here();
    return true;
  }

  void copy_authority(const Url& base) {
    url_ = Url();
    url_.text_.append(base.part(0, base.path_begin_));
    url_.scheme_end_ = base.scheme_end_;
    url_.authority_begin_ = base.authority_begin_;
    url_.host_begin_ = base.host_begin_;
    url_.host_end_ = base.host_end_;
    url_.path_begin_ = base.path_begin_;
    url_.port_ = base.port_;
  }

  void merge_base_path(const Url& base) {
    const std::string_view path = base.path();
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) url_.text_.append(path.substr(0, slash + 1));
  }

  /// An HTTP URL and a URL with a host have a path that begins with "/".
  void write_path(std::string_view path) {
    const bool has_authority = url_.authority_begin_ > url_.scheme_end_ + 1;
    if (has_authority && here() == url_.path_begin_ && !path.starts_with('/')) url_.text_ += '/';
    append_url_part(url_.text_, path, UrlPart::kPath);
    remove_dot_segments(url_.text_, url_.path_begin_);
  }

  [[nodiscard]] std::optional<Url> finish(const std::optional<std::string_view>& query,
                                          const std::optional<std::string_view>& fragment) {
    if (has_control_character(source_)) return fail("holds a control character");
    url_.query_begin_ = here();
    if (query) append_url_part(url_.text_ += '?', *query, UrlPart::kQuery);
    url_.fragment_begin_ = here();
    if (fragment) append_url_part(url_.text_ += '#', *fragment, UrlPart::kQuery);
    if (url_.text_.size() > std::numeric_limits<std::uint32_t>::max()) return fail("is too long");
    return std::move(url_);
  }

  std::string_view source_;
  std::string_view problem_;
  Url url_;
};

Url Url::parse(std::string_view text) {
  Parser parser(text);
  std::optional<Url> url = parser.absolute();
  if (!url) throw parser.error();
  return *std::move(url);
}

std::optional<Url> Url::try_parse(std::string_view text) { return Parser(text).absolute(); }

Url Url::join(std::string_view reference) const {
  Parser parser(reference);
  std::optional<Url> url = parser.relative_to(*this);
  if (!url) throw parser.error();
  return *std::move(url);
}

std::optional<Url> Url::try_join(std::string_view reference) const {
  return Parser(reference).relative_to(*this);
}

}  // namespace ensure::base
