#include "installer/specs/versions/version.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"

// The key of a version is a string of bytes whose order is that of PEP 440 ("Summary of permitted
// suffixes and relative ordering"):
//
//   epoch       a number
//   release     numbers without trailing zeros, then 0
//   pre         0 for a development release of a final one, 1 to 3 and a number for alpha, beta and
//               candidate, 4 for none
//   post        0 for none, else 1 and a number
//   dev         0 and a number, 1 for none
//   local       per segment 1, letters and 0, or 2 and a number; then 0
//
// A number is a byte with its count of digits plus one, then the digits; 240 digits more are a byte
// 0xF8 before that. So the end (0) of a part sorts before any number, no key is the beginning of
// another, and no byte that decides an order is 0xFF.

namespace ensure::specs {
namespace {

constexpr std::size_t kDigitsOfByte = 0xF0;
constexpr char kMoreDigits = '\xF8';
constexpr char kEnd = 0;
constexpr char kDevelopmentOfFinal = 0;
constexpr char kNoPre = 4;
constexpr char kNoPost = 0;
constexpr char kPost = 1;
constexpr char kDev = 0;
constexpr char kNoDev = 1;
constexpr char kLetters = 1;
constexpr char kNumeric = 2;

/// Reads the grammar of PEP 440, appendix B, from left to right. It never has to go back: any part
/// that may follow a later part may also follow an earlier one.
class VersionScanner {
 public:
  explicit VersionScanner(std::string_view text) : rest_(text) {}

  std::optional<VersionParts> scan() {
    VersionParts parts;
    skip_word("v");
    if (!scan_release(parts)) return std::nullopt;
    scan_pre(parts);
    scan_post(parts);
    if (skip_part("dev")) parts.dev = scan_number();
    if (!scan_local(parts) || !rest_.empty()) return std::nullopt;
    return parts;
  }

 private:
  bool scan_release(VersionParts& parts) {
    if (!at_digit()) return false;
    parts.release.reserve(4);
    parts.release.push_back(scan_number());
    if (rest_.starts_with('!')) {
      rest_.remove_prefix(1);
      if (!at_digit()) return false;
      parts.epoch = std::exchange(parts.release.front(), scan_number());
    }
    while (rest_.size() > 1 && rest_[0] == '.' && text::is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      parts.release.push_back(scan_number());
    }
    return true;
  }

  void scan_pre(VersionParts& parts) {
    using Spelling = std::pair<std::string_view, PreRelease>;
    static constexpr std::array<Spelling, 8> kSpellings = {{{"alpha", PreRelease::kAlpha},
                                                            {"a", PreRelease::kAlpha},
                                                            {"beta", PreRelease::kBeta},
                                                            {"b", PreRelease::kBeta},
                                                            {"rc", PreRelease::kCandidate},
                                                            {"c", PreRelease::kCandidate},
                                                            {"preview", PreRelease::kCandidate},
                                                            {"pre", PreRelease::kCandidate}}};
    for (const auto& [word, phase] : kSpellings) {
      if (!skip_part(word)) continue;
      parts.pre = phase;
      parts.pre_number = scan_number();
      return;
    }
  }

  void scan_post(VersionParts& parts) {
    if (rest_.size() > 1 && rest_[0] == '-' && text::is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      parts.post = scan_number();
    } else if (skip_part("post") || skip_part("rev") || skip_part("r")) {
      parts.post = scan_number();
    }
  }

  bool scan_local(VersionParts& parts) {
    if (!rest_.starts_with('+')) return true;
    do {
      rest_.remove_prefix(1);
      const std::string_view segment = take_while(text::is_letter_or_digit);
      if (segment.empty()) return false;
      const bool is_number = std::all_of(segment.begin(), segment.end(), text::is_digit);
      parts.local.push_back(is_number ? VersionNumber::of(segment).to_string()
                                      : base::to_lower(segment));
    } while (at_separator());
    return true;
  }

  [[nodiscard]] bool at_digit() const { return !rest_.empty() && text::is_digit(rest_.front()); }

  [[nodiscard]] bool at_separator() const {
    return !rest_.empty() && (rest_[0] == '.' || rest_[0] == '-' || rest_[0] == '_');
  }

  template <class Predicate>
  std::string_view take_while(Predicate predicate) {
    const auto* const end = std::find_if_not(rest_.begin(), rest_.end(), predicate);
    const std::string_view taken(rest_.begin(), end);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  VersionNumber scan_number() { return VersionNumber::of(take_while(text::is_digit)); }

  bool skip_word(std::string_view word) {
    if (rest_.size() < word.size()) return false;
    const auto same = [](char expected, char letter) { return expected == text::lower(letter); };
    if (!std::equal(word.begin(), word.end(), rest_.begin(), same)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// Skips a word with the separators that may stand before and after it.
  bool skip_part(std::string_view word) {
    const std::string_view start = rest_;
    if (at_separator()) rest_.remove_prefix(1);
    if (!skip_word(word)) {
      rest_ = start;
      return false;
    }
    // "1.0a-" is a version, and so is "1.0a--1": the separator always belongs to the word.
    if (at_separator()) rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

void append_number(std::string& key, const VersionNumber& number) {
  const std::size_t count = number.digits.size();
  key.append(count / kDigitsOfByte, kMoreDigits);
  key += static_cast<char>(count % kDigitsOfByte + 1);
  key += number.digits;
}

void append_suffixes(std::string& key, const VersionParts& parts) {
  if (parts.pre != PreRelease::kNone) {
    key += static_cast<char>(parts.pre);
    append_number(key, parts.pre_number);
  } else {
    key += parts.dev && !parts.post ? kDevelopmentOfFinal : kNoPre;
  }
  key += parts.post ? kPost : kNoPost;
  if (parts.post) append_number(key, *parts.post);
  key += parts.dev ? kDev : kNoDev;
  if (parts.dev) append_number(key, *parts.dev);
}

void append_local(std::string& key, const std::vector<std::string>& local) {
  for (const std::string& segment : local) {
    if (std::all_of(segment.begin(), segment.end(), text::is_digit)) {
      key += kNumeric;
      append_number(key, VersionNumber::of(segment));
    } else {
      key += kLetters;
      key += segment;
      key += kEnd;
    }
  }
  key += kEnd;
}

/// Reads a key. `failed()` tells whether the bytes are not a key.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key) : rest_(key) {}

  VersionParts read() {
    VersionParts parts;
    parts.epoch = number();
    while (!failed_ && peek() != kEnd) parts.release.push_back(number());
    byte();
    read_suffixes(parts);
    read_local(parts);
    if (!rest_.empty()) failed_ = true;
    return parts;
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  void read_suffixes(VersionParts& parts) {
    const char pre = byte();
    if (pre < kDevelopmentOfFinal || pre > kNoPre) failed_ = true;
    if (pre > kDevelopmentOfFinal && pre < kNoPre) {
      parts.pre = static_cast<PreRelease>(pre);
      parts.pre_number = number();
    }
    if (byte() == kPost) parts.post = number();
    if (byte() == kDev) parts.dev = number();
  }

  void read_local(VersionParts& parts) {
    while (!failed_) {
      const char kind = byte();
      if (kind == kEnd) return;
      if (kind == kNumeric) {
        parts.local.push_back(number().to_string());
      } else {
        parts.local.emplace_back(take(std::min(rest_.find(kEnd), rest_.size())));
        byte();
      }
    }
  }

  VersionNumber number() {
    std::size_t count = 0;
    char first = byte();
    for (; first == kMoreDigits; first = byte()) count += kDigitsOfByte;
    // Without a first byte, the count is too large for any key.
    const std::string_view digits = take(count + static_cast<unsigned char>(first) - 1U);
    if (!std::all_of(digits.begin(), digits.end(), text::is_digit)) failed_ = true;
    return VersionNumber::of(digits);
  }

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  char byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? kEnd : taken.front();
  }

  [[nodiscard]] char peek() const { return rest_.empty() ? kEnd : rest_.front(); }

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

VersionNumber VersionNumber::of(std::string_view text) {
  return {std::string(text.substr(std::min(text.find_first_not_of('0'), text.size())))};
}

VersionNumber VersionNumber::next() const {
  std::string sum = '0' + digits;
  const std::size_t last = sum.find_last_not_of('9');
  ++sum[last];
  std::fill(sum.begin() + static_cast<std::ptrdiff_t>(last) + 1, sum.end(), '0');
  return of(sum);
}

VersionNumber VersionNumber::previous() const {
  std::string difference = digits;
  const std::size_t last = difference.find_last_not_of('0');
  --difference[last];
  std::fill(difference.begin() + static_cast<std::ptrdiff_t>(last) + 1, difference.end(), '9');
  return of(difference);
}

std::strong_ordering operator<=>(const VersionNumber& left, const VersionNumber& right) {
  if (left.digits.size() != right.digits.size()) return left.digits.size() <=> right.digits.size();
  return left.digits <=> right.digits;
}

std::optional<VersionParts> VersionParts::try_parse(std::string_view text) {
  return VersionScanner(text::strip_whitespace(text)).scan();
}

std::string VersionParts::to_string() const {
  static constexpr std::array<std::string_view, 4> kPreReleases = {"", "a", "b", "rc"};
  std::string text;
  if (!epoch.is_zero()) text += epoch.to_string() + '!';
  for (const VersionNumber& number : release) {
    if (&number != &release.front()) text += '.';
    text += number.to_string();
  }
  if (pre != PreRelease::kNone) {
    text.append(kPreReleases.at(static_cast<std::size_t>(pre))).append(pre_number.to_string());
  }
  if (post) text.append(".post").append(post->to_string());
  if (dev) text.append(".dev").append(dev->to_string());
  char separator = '+';
  for (const std::string& segment : local) {
    text += std::exchange(separator, '.');
    text += segment;
  }
  return text;
}

Version Version::of(const VersionParts& parts) {
  const auto nonzero = std::find_if_not(parts.release.rbegin(), parts.release.rend(),
                                        [](const VersionNumber& part) { return part.is_zero(); });
  const std::size_t zeros = static_cast<std::size_t>(nonzero - parts.release.rbegin());
  std::string key;
  append_number(key, parts.epoch);
  for (std::size_t i = 0; i + zeros < parts.release.size(); ++i) {
    append_number(key, parts.release[i]);
  }
  key += kEnd;
  append_suffixes(key, parts);
  append_local(key, parts.local);
  return {std::move(key), zeros};
}

std::optional<Version> Version::try_parse(std::string_view text) {
  const std::optional<VersionParts> parts = VersionParts::try_parse(text);
  if (!parts) return std::nullopt;
  return of(*parts);
}

Version Version::parse(std::string_view text) {
  if (std::optional<Version> version = try_parse(text)) return *std::move(version);
  base::ParseError error("`" + std::string(text) + "` is not a version", std::string(text), 0,
                         text.size());
  error.add_hint("versions look like `1.2.3`, `1.2rc1`, `1.2.post1` or `1.2.dev3` (PEP 440)");
  throw error;
}

std::optional<Version> Version::from_key(std::string_view key) {
  KeyReader reader(key);
  VersionParts parts = reader.read();
  if (reader.failed()) return std::nullopt;
  if (parts.release.empty()) parts.release.emplace_back();
  Version version = of(parts);
  if (version.key_ != key) return std::nullopt;
  return version;
}

VersionParts Version::parts() const {
  VersionParts parts = KeyReader(key_).read();
  parts.release.resize(parts.release.size() + trailing_zeros_);
  return parts;
}

std::string Version::to_string() const { return parts().to_string(); }

bool Version::is_prerelease() const {
  const VersionParts all = parts();
  return all.pre != PreRelease::kNone || all.dev;
}

}  // namespace ensure::specs
