#include "venv/interpreter/pyvenv_cfg.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::venv {

namespace {

/// The characters that are not printable for `str.isprintable`: the categories Cc, Cf, Co, Zl, Zp
/// and Zs except the space (Unicode 16.0).
constexpr char32_t kNotPrintable[][2] = {
    {0x0, 0x1f},        {0x7f, 0xa0},       {0xad, 0xad},        {0x600, 0x605},
    {0x61c, 0x61c},     {0x6dd, 0x6dd},     {0x70f, 0x70f},      {0x890, 0x891},
    {0x8e2, 0x8e2},     {0x1680, 0x1680},   {0x180e, 0x180e},    {0x2000, 0x200f},
    {0x2028, 0x202f},   {0x205f, 0x206f},   {0x3000, 0x3000},    {0xe000, 0xf8ff},
    {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd},  {0x110cd, 0x110cd},
    {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},  {0xe0001, 0xe0001},
    {0xe0020, 0xe007f}, {0xf0000, 0xffffd}, {0x100000, 0x10fffd}};

bool is_printable(char32_t character) {
  return std::ranges::none_of(kNotPrintable, [&](const auto& range) {
    return range[0] <= character && character <= range[1];
  });
}

/// A character and the bytes it was read from. A byte that is not part of UTF-8 becomes a lone
/// surrogate (PEP 383).
struct Decoded {
  char32_t character;
  std::string_view bytes;

  [[nodiscard]] bool undecodable() const { return 0xdc80 <= character && character <= 0xdcff; }
};

Decoded decode_first(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = base::utf8_length(text);
  if (length == 0) return {.character = 0xdc00U + lead, .bytes = text.substr(0, 1)};
  if (length == 1) return {.character = lead, .bytes = text.substr(0, 1)};
  char32_t character = lead & (0xffU >> (length + 1));
  for (const char continuation : text.substr(1, length - 1)) {
    character = (character << 6U) | (static_cast<unsigned char>(continuation) & 0x3fU);
  }
  return {.character = character, .bytes = text.substr(0, length)};
}

/// "\", the letter and the number in that many hexadecimal digits.
std::string hex_escape(char letter, std::uint32_t number, int digits) {
  std::string result = {'\\', letter};
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    result += "0123456789abcdef"[(number >> static_cast<unsigned>(shift)) & 0xfU];
  }
  return result;
}

std::string escape(char32_t character) {
  if (character == U'\n') return "\\n";
  if (character == U'\r') return "\\r";
  if (character == U'\t') return "\\t";
  if (character < 0x100) return hex_escape('x', character, 2);
  return character < 0x10000 ? hex_escape('u', character, 4) : hex_escape('U', character, 8);
}

/// Takes an escape that `repr` writes from the start of `text`. Returns nullopt for any other one.
std::optional<std::string> take_escape(std::string_view& text) {
  if (text.size() < 2) return std::nullopt;
  const char letter = text[1];
  text.remove_prefix(2);
  if (letter == 'n') return "\n";
  if (letter == 'r') return "\r";
  if (letter == 't') return "\t";
  if (letter == '\\' || letter == '\'' || letter == '"') return std::string(1, letter);
  const std::size_t length = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  std::uint32_t number = 0;
  const std::string_view digits = text.substr(0, length);
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (failure != std::errc() || end != digits.data() + digits.size() || number > 0x10ffff) {
    return std::nullopt;
  }
  text.remove_prefix(length);
  // A lone surrogate stands for a byte, as `os.fsencode` takes it.
  std::string character(1, static_cast<char>(number - 0xdc00));
  if (number < 0xdc80 || number > 0xdcff) {
    character.clear();
    text::append_utf8(character, number);
  }
  return character;
}

}  // namespace

std::string python_repr(std::string_view bytes) {
  const bool has_apostrophe = bytes.find('\'') != std::string_view::npos;
  const bool has_quote = bytes.find('"') != std::string_view::npos;
  const char quote = has_apostrophe && !has_quote ? '"' : '\'';
  std::string result(1, quote);
  while (!bytes.empty()) {
    const Decoded next = decode_first(bytes);
    bytes.remove_prefix(next.bytes.size());
    if (next.undecodable() || !is_printable(next.character)) {
      result += escape(next.character);
      continue;
    }
    if (next.bytes.front() == quote || next.bytes.front() == '\\') result += '\\';
    result += next.bytes;
  }
  return result + quote;
}

std::string python_bytes_literal(std::string_view bytes) {
  std::string result = "b'";
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    const bool plain = 0x20 <= code && code < 0x7f && byte != '\'' && byte != '\\';
    result += plain ? std::string(1, byte) : hex_escape('x', code, 2);
  }
  return result + '\'';
}

std::optional<std::string> parse_python_string(std::string_view literal) {
  if (literal.size() < 2 || literal.front() != literal.back()) return std::nullopt;
  if (literal.front() != '\'' && literal.front() != '"') return std::nullopt;
  literal = literal.substr(1, literal.size() - 2);
  std::string result;
  while (!literal.empty()) {
    const std::size_t backslash = std::min(literal.find('\\'), literal.size());
    result += literal.substr(0, backslash);
    literal.remove_prefix(backslash);
    if (literal.empty()) break;
    const std::optional<std::string> character = take_escape(literal);
    if (!character) return std::nullopt;
    result += *character;
  }
  return result;
}

std::string escape_undecodable(std::string_view bytes) {
  if (base::is_utf8(bytes)) return std::string(bytes);
  std::string result;
  while (!bytes.empty()) {
    const Decoded next = decode_first(bytes);
    bytes.remove_prefix(next.bytes.size());
    if (next.undecodable()) {
      result += escape(next.character);
    } else {
      result += next.bytes;
    }
  }
  return result;
}

PyvenvCfg PyvenvCfg::parse(std::string_view text) {
  PyvenvCfg result;
  for (const std::string_view line : base::split_lines(text)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    result.append(base::to_lower(base::trim(line.substr(0, equals))),
                  std::string(base::trim(line.substr(equals + 1))));
  }
  return result;
}

std::optional<std::string> PyvenvCfg::value(std::string_view key) const {
  std::optional<std::string> result;
  for (const auto& [name, text] : lines_) {
    if (name != key) continue;
    result = text;
    if (key == "home") break;
  }
  return result;
}

void PyvenvCfg::append(std::string key, std::string value) {
  lines_.emplace_back(std::move(key), std::move(value));
}

bool PyvenvCfg::system_site_packages() const {
  return base::to_lower(value("include-system-site-packages").value_or("true")) == "true";
}

std::optional<std::string> PyvenvCfg::version() const {
  std::optional<std::string> text = value("version");
  if (!text) text = value("version_info");
  if (!text) return std::nullopt;
  std::size_t dots = 0;
  const auto end = std::find_if(text->begin(), text->end(), [&](char letter) {
    if (letter == '.') return ++dots == 3;
    return letter < '0' || letter > '9';
  });
  text->erase(end, text->end());
  if (text->empty()) return std::nullopt;
  return text;
}

std::optional<std::string> PyvenvCfg::prompt() const {
  const std::optional<std::string> text = value("prompt");
  if (!text) return std::nullopt;
  const std::optional<std::string> parsed = parse_python_string(*text);
  return parsed ? parsed : text;
}

std::string PyvenvCfg::to_string() const {
  std::string result;
  for (const auto& [key, value] : lines_) result.append(key).append(" = ").append(value) += '\n';
  return result;
}

}  // namespace ensure::venv
