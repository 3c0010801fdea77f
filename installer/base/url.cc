#include "installer/base/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::base {

namespace {

using CurlUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

constexpr std::string_view kHidden = "****";

std::uint16_t default_port(std::string_view scheme) {
  if (scheme == "http") return 80;
  return scheme == "https" ? 443 : 0;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_allowed(char c, UrlPart part) {
  // Each part allows the characters up to a length of this text.
  constexpr std::string_view kSpecial = "-._~!$&'()*+,;=:@/?#[]";
  return is_letter(c) || is_digit(c) || kSpecial.find(c) < static_cast<std::size_t>(part);
}

bool is_encoded_byte(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return text.size() > 2 && text[0] == '%' && kHex.find(text[1]) != kHex.npos &&
         kHex.find(text[2]) != kHex.npos;
}

void append_encoded(std::string& to, std::string_view text, UrlPart part, bool keeps_encoded) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  to.reserve(to.size() + text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_allowed(text[i], part) || (keeps_encoded && is_encoded_byte(text.substr(i)))) {
      to += text[i];
      continue;
    }
    const auto byte = static_cast<unsigned char>(text[i]);
    to.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
  }
}

/// The length of the scheme that `text` begins with, without its ":"; 0 if there is none.
std::size_t scheme_length(std::string_view text) {
  const auto* const end = std::ranges::find_if_not(
      text, [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  const bool is_scheme = end != text.end() && *end == ':' && is_letter(text.front());
  return is_scheme ? static_cast<std::size_t>(end - text.begin()) : 0;
}

/// Why `text` is not an absolute URL, in the cases that libcurl would guess; else empty.
std::string_view problem_of(std::string_view text) {
  const std::size_t colon = scheme_length(text);
  if (colon == 0) return "it has no scheme such as `https:`";
  if (colon == 1) return "it is the path of a file";
  if (to_lower(text.substr(0, colon)) == "file") {
    return text.substr(colon + 1).starts_with('/') ? "" : "it has no absolute path";
  }
  const std::string_view rest = text.substr(colon + 1);
  const bool has_host = rest.starts_with("//") && rest.size() > 2 && rest[2] != '/';
  return has_host ? "" : "it names no host";
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; });
}

/// `text` with percent-encoding for everything that no URL may contain, and for all "@" in the
/// authority except the last one, which ends the userinfo.
std::string encoded(std::string_view text) {
  std::string result;
  const std::size_t begin = text.find("//");
  if (begin <= scheme_length(text) + 1) {
    const std::size_t end = std::min(text.find_first_of("/?#", begin + 2), text.size());
    const std::size_t at = text.substr(0, end).rfind('@');
    if (at != std::string_view::npos) {
      for (const std::string_view piece : split(text.substr(0, at), '@')) {
        append_url_part(result.append(result.empty() ? "" : "%40"), piece, UrlPart::kAny);
      }
      text.remove_prefix(at);
    }
  }
  append_url_part(result, text, UrlPart::kAny);
  return result;
}

CURLUcode set_url(CURLU* curl, const std::string& text) {
  return curl_url_set(curl, CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME);
}

/// A part as it is in the URL; nullopt if it is missing.
std::optional<std::string> part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  const std::unique_ptr<char, decltype(&curl_free)> owner(text, curl_free);
  return text;
}

}  // namespace

std::optional<Url> Url::read(std::string_view text, const Url* base, std::string& problem) {
  text = trim(text);
  if (scheme_length(text) > 0) base = nullptr;
  if (has_control_character(text)) problem = "it contains a control character";
  if (problem.empty() && base == nullptr) problem = problem_of(text);
  if (!problem.empty()) return std::nullopt;
  std::string reference = encoded(text);
  // libcurl 7.88 would drop the last segment of the base's path.
  const bool is_fragment = reference.empty() || reference.front() == '#';
  if (base != nullptr && is_fragment) reference.insert(0, base->without_fragment().text_);
  const CurlUrl curl(curl_url(), curl_url_cleanup);
  if (!curl) throw std::bad_alloc();
  CURLUcode code = CURLUE_OK;
  if (base != nullptr) code = set_url(curl.get(), base->text_);
  if (code == CURLUE_OK) code = set_url(curl.get(), reference);
  if (code != CURLUE_OK) problem = std::string("libcurl says: ") + curl_url_strerror(code);
  const std::string host = part_of(curl.get(), CURLUPART_HOST).value_or("");
  const bool is_ascii = std::ranges::all_of(host, [](char c) { return c > ' ' && c < 0x7F; });
  if (!is_ascii) problem = "its host is not ASCII; write the name as `xn--…`";
  if (part_of(curl.get(), CURLUPART_ZONEID)) problem = "its IPv6 address has a zone";
  if (!problem.empty()) return std::nullopt;
  return assembled(curl.get());
}

/// Writes the parts one after the other, and notes where each begins.
Url Url::assembled(CURLU* curl) {
  Url url;
  std::string& text = url.text_;
  const auto here = [&text] { return static_cast<std::uint32_t>(text.size()); };
  const auto append = [&text, curl](std::string_view before, CURLUPart part, UrlPart form) {
    const std::string value = part_of(curl, part).value_or("");
    if (!value.empty()) append_url_part(text.append(before), value, form);
  };
  text = to_lower(part_of(curl, CURLUPART_SCHEME).value_or(""));
  url.port_ = default_port(text);
  url.scheme_end_ = here();
  text += "://";
  url.authority_begin_ = here();
  append("", CURLUPART_USER, UrlPart::kUserinfo);
  if (const auto password = part_of(curl, CURLUPART_PASSWORD)) {
    append_url_part(text += ':', *password, UrlPart::kUserinfo);
  }
  if (here() > url.authority_begin_) text += '@';
  url.host_begin_ = here();
  text += to_lower(part_of(curl, CURLUPART_HOST).value_or(""));
  url.host_end_ = here();
  if (const auto port = part_of(curl, CURLUPART_PORT)) {
    std::from_chars(port->data(), port->data() + port->size(), url.port_);
    text.append(":").append(*port);
  }
  url.path_begin_ = here();
  append("", CURLUPART_PATH, UrlPart::kPath);
  url.query_begin_ = here();
  append("?", CURLUPART_QUERY, UrlPart::kQuery);
  url.fragment_begin_ = here();
  append("#", CURLUPART_FRAGMENT, UrlPart::kQuery);
  return url;
}

Url Url::parsed(std::string_view text, const Url* base) {
  std::string problem;
  if (std::optional<Url> url = read(text, base, problem)) return *std::move(url);
  throw ParseError("invalid URL: " + problem, std::string(text), 0, text.size());
}

Url Url::parse(std::string_view text) { return parsed(text, nullptr); }

Url Url::join(std::string_view reference) const { return parsed(reference, this); }

std::optional<Url> Url::try_parse(std::string_view text) {
  std::string problem;
  return read(text, nullptr, problem);
}

std::optional<Url> Url::try_join(std::string_view reference) const {
  std::string problem;
  return read(reference, this, problem);
}

Url Url::from_path(const Path& path) {
  return parse("file://" + percent_encode(path.text(), UrlPart::kPath));
}

std::string_view Url::userinfo() const {
  return host_begin_ > authority_begin_ ? part(authority_begin_, host_begin_ - 1)
                                        : std::string_view();
}

std::optional<std::string> Url::user() const {
  const std::string_view both = userinfo();
  const std::string user = percent_decode(both.substr(0, both.find(':')));
  return both.empty() ? std::nullopt : std::optional(user);
}

std::optional<std::string> Url::password() const {
  const std::string_view both = userinfo();
  const std::size_t colon = both.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return percent_decode(both.substr(colon + 1));
}

std::string_view Url::host() const {
  const std::string_view host = part(host_begin_, host_end_);
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

std::optional<std::string_view> Url::query() const {
  if (query_begin_ == fragment_begin_) return std::nullopt;
  return part(query_begin_ + 1, fragment_begin_);
}

std::optional<std::string_view> Url::fragment() const {
  if (fragment_begin_ == text_.size()) return std::nullopt;
  return part(fragment_begin_ + 1, text_.size());
}

std::string Url::filename() const {
  const std::string_view all = path();
  return percent_decode(all.substr(all.rfind('/') + 1));
}

std::string Url::origin() const {
  std::string origin(scheme());
  origin.append("://").append(part(host_begin_, host_end_));
  if (port_ != default_port(scheme())) origin.append(":").append(std::to_string(port_));
  return origin;
}

bool Url::same_origin(const Url& other) const {
  return scheme() == other.scheme() && host() == other.host() && port_ == other.port_;
}

Path Url::to_path() const {
  std::string decoded = percent_decode(path());
  if (is_file() && decoded.find('\0') == std::string::npos) return decoded;
  throw Error(ExitCode::kUsage, "`" + redacted() + "` does not name a local file")
      .with_hint("write it as `file:///directory/file`");
}

std::string Url::text_with_userinfo(std::string_view userinfo) const {
  std::string text(part(0, authority_begin_));
  if (!userinfo.empty()) text.append(userinfo).append("@");
  return text.append(part(host_begin_, text_.size()));
}

std::string Url::redacted() const {
  const std::string_view both = userinfo();
  std::string hidden;
  if (const std::size_t colon = both.find(':'); colon != std::string_view::npos) {
    hidden.append(both.substr(0, colon + 1));
  }
  if (!both.empty()) hidden.append(kHidden);
  return without_secrets(text_with_userinfo(hidden));
}

Url Url::without_credentials() const {
  return host_begin_ == authority_begin_ ? *this : parse(text_with_userinfo({}));
}

Url Url::with_credentials(std::string_view user, const std::optional<std::string>& password) const {
  std::string both = percent_encode(user, UrlPart::kUserinfo);
  if (password) both.append(":").append(percent_encode(*password, UrlPart::kUserinfo));
  return parse(text_with_userinfo(both));
}

Url Url::without_fragment() const {
  Url url = *this;
  url.text_.resize(fragment_begin_);
  return url;
}

Url Url::as_directory() const {
  Url url = *this;
  url.text_.resize(query_begin_);
  if (!url.text_.ends_with('/')) url.text_ += '/';
  url.query_begin_ = url.fragment_begin_ = static_cast<std::uint32_t>(url.text_.size());
  return url;
}

std::string percent_decode(std::string_view text) {
  if (text.empty()) return {};
  int size = 0;
  const std::unique_ptr<char, decltype(&curl_free)> decoded(
      curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &size), curl_free);
  if (!decoded) throw std::bad_alloc();
  return {decoded.get(), static_cast<std::size_t>(size)};
}

std::string percent_encode(std::string_view text, UrlPart part) {
  std::string encoded;
  append_encoded(encoded, text, part, false);
  return encoded;
}

void append_url_part(std::string& to, std::string_view text, UrlPart part) {
  append_encoded(to, text, part, true);
}

}  // namespace ensure::base
