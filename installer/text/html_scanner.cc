#include "installer/text/html_scanner.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "installer/text/characters.h"

namespace ensure::text {
namespace {

using Name = std::pair<std::string_view, std::string_view>;

/// The references that serializers write, of the 2,231 that browsers know. The first ones are
/// allowed without a semicolon as well.
constexpr std::size_t kOldReferences = 4;
constexpr std::array<Name, 8> kReferences = {{{"amp", "&"},
                                              {"lt", "<"},
                                              {"gt", ">"},
                                              {"quot", "\""},
                                              {"apos", "'"},
                                              {"nbsp", "\xC2\xA0"},
                                              {"plus", "+"},
                                              {"num", "#"}}};

/// The elements whose content is text up to their end tag.
constexpr std::array<std::string_view, 8> kRawElements = {
    "script", "style", "textarea", "title", "xmp", "noembed", "iframe", "noframes"};

bool is_blank(char letter) {
  return letter == ' ' || letter == '\n' || letter == '\t' || letter == '\r' || letter == '\f';
}

bool equals_in_lower(std::string_view text, std::string_view lowered) {
  return std::equal(text.begin(), text.end(), lowered.begin(), lowered.end(),
                    [](char left, char right) { return lower(left) == right; });
}

/// Replaces the numeric reference that `rest` begins with ("#38;") as browsers do. Returns its
/// size, 0 if there is none.
std::size_t decode_number(std::string& text, std::string_view rest) {
  const bool is_hexadecimal = rest.size() > 1 && lower(rest[1]) == 'x';
  rest.remove_prefix(is_hexadecimal ? 2 : 1);
  const char* const last = rest.data() + rest.size();
  std::uint32_t code = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), code, is_hexadecimal ? 16 : 10);
  if (end == rest.data()) return 0;
  const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (error != std::errc() || code == 0 || code > 0x10FFFF || is_surrogate) code = 0xFFFD;
  append_utf8(text, code);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  return (is_hexadecimal ? 2 : 1) + digits + (end != last && *end == ';' ? 1 : 0);
}

/// Like `decode_number`, for a named reference ("amp;").
std::size_t decode_name(std::string& text, std::string_view rest) {
  for (std::size_t i = 0; i < kReferences.size(); ++i) {
    const auto& [name, meaning] = kReferences.at(i);
    if (!rest.starts_with(name)) continue;
    const char after = name.size() < rest.size() ? rest[name.size()] : '\0';
    // "&lt=" and "&ltx" in a URL are the names of its parameters.
    const bool is_old = i < kOldReferences && after != '=' && !is_letter_or_digit(after);
    if (after != ';' && !is_old) continue;
    text += meaning;
    return name.size() + (after == ';' ? 1 : 0);
  }
  return 0;
}

}  // namespace

std::string decode_html(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('&'), text.size());
    decoded += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    text.remove_prefix(1);
    const std::size_t size =
        text.starts_with('#') ? decode_number(decoded, text) : decode_name(decoded, text);
    if (size == 0) decoded += '&';
    text.remove_prefix(size);
  }
  return decoded;
}

bool HtmlScanner::next() {
  while (!at_end()) {
    position_ = std::min(text_.find('<', position_), text_.size());
    if (at_end()) return false;
    ++position_;
    if (is_letter(peek())) {
      if (!read_tag()) return false;
      content_ = position_;
      skip_raw_text();
      return true;
    }
    if (peek() == '/' && position_ + 1 < text_.size() && is_letter(text_[position_ + 1])) {
      // An attribute of an end tag may hold a `>`.
      ++position_;
      if (!read_tag()) return false;
    } else if (peek() == '!' || peek() == '?' || peek() == '/') {
      skip_markup();
    }
  }
  return false;
}

void HtmlScanner::skip_blanks() {
  while (is_blank(peek())) ++position_;
}

bool HtmlScanner::read_tag() {
  const std::size_t start = position_;
  while (!at_end() && !is_blank(peek()) && peek() != '/' && peek() != '>') ++position_;
  name_ = text_.substr(start, position_ - start);
  attributes_.clear();
  while (true) {
    while (is_blank(peek()) || peek() == '/') ++position_;
    if (at_end()) return false;
    if (peek() == '>') break;
    read_attribute();
  }
  ++position_;
  return true;
}

void HtmlScanner::read_attribute() {
  const std::size_t start = position_;
  // An equals sign at the beginning belongs to the name.
  ++position_;
  while (!at_end() && !is_blank(peek()) && peek() != '/' && peek() != '>' && peek() != '=') {
    ++position_;
  }
  const std::string_view name = text_.substr(start, position_ - start);
  skip_blanks();
  std::string_view value;
  if (peek() == '=') {
    ++position_;
    skip_blanks();
    value = read_value();
  }
  attributes_.push_back({name, value});
}

std::string_view HtmlScanner::read_value() {
  const char quote = peek();
  if (quote == '"' || quote == '\'') {
    const std::size_t start = ++position_;
    const std::size_t end = std::min(text_.find(quote, start), text_.size());
    position_ = end + 1;
    return text_.substr(start, end - start);
  }
  const std::size_t start = position_;
  while (!at_end() && !is_blank(peek()) && peek() != '>') ++position_;
  return text_.substr(start, position_ - start);
}

void HtmlScanner::skip_markup() {
  if (!text_.substr(position_).starts_with("!--")) return skip_past(">");
  position_ += 3;
  const std::string_view rest = text_.substr(position_);
  // "<!-->" and "<!--->" are comments too.
  if (rest.starts_with('>') || rest.starts_with("->")) return skip_past(">");
  // Search "-->" and "--!>" together: a separate search for the one that a page does not contain
  // would scan the whole rest of the page for every comment.
  while (true) {
    skip_past("--");
    if (at_end()) return;
    const std::string_view after = text_.substr(position_);
    if (after.starts_with('>') || after.starts_with("!>")) return skip_past(">");
    --position_;  // "--->" ends a comment, too
  }
}

void HtmlScanner::skip_past(std::string_view end) {
  const std::size_t found = text_.find(end, position_);
  position_ = found == std::string_view::npos ? text_.size() : found + end.size();
}

void HtmlScanner::skip_raw_text() {
  const auto* const raw = std::find_if(kRawElements.begin(), kRawElements.end(),
                                       [this](std::string_view name) { return is(name); });
  if (raw == kRawElements.end()) return;
  while (true) {
    const std::size_t end = text_.find("</", position_);
    if (end == std::string_view::npos) break;
    const std::string_view rest = text_.substr(end + 2);
    const char after = raw->size() < rest.size() ? rest[raw->size()] : '\0';
    if (equals_in_lower(rest.substr(0, raw->size()), *raw) &&
        (is_blank(after) || after == '/' || after == '>')) {
      position_ = end;
      return;
    }
    position_ = end + 2;
  }
  position_ = text_.size();
}

bool HtmlScanner::is(std::string_view name) const { return equals_in_lower(name_, name); }

std::optional<std::string_view> HtmlScanner::attribute(std::string_view name) {
  for (const Attribute& attribute : attributes_) {
    if (!equals_in_lower(attribute.name, name)) continue;
    if (attribute.value.find('&') == std::string_view::npos) return attribute.value;
    return decoded_.emplace_back(decode_html(attribute.value));
  }
  return std::nullopt;
}

std::string_view HtmlScanner::content() const {
  const std::size_t end = position_ > content_ ? position_ : text_.find('<', content_);
  return text_.substr(content_, end - content_);
}

}  // namespace ensure::text
