#include "installer/specs/versions/version_parts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

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
    scan_dev(parts);
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

  void scan_dev(VersionParts& parts) {
    if (skip_part("dev")) parts.dev = scan_number();
  }

  bool scan_local(VersionParts& parts) {
    if (!rest_.starts_with('+')) return true;
    do {
      rest_.remove_prefix(1);
      const std::string_view segment = take_while(text::is_letter_or_digit);
      if (segment.empty()) return false;
      parts.local.push_back(normal_segment(segment));
    } while (at_separator());
    return true;
  }

  static std::string normal_segment(std::string_view segment) {
    if (std::all_of(segment.begin(), segment.end(), text::is_digit)) {
      return VersionNumber::of(segment).to_string();
    }
    std::string normal(segment);
    std::transform(normal.begin(), normal.end(), normal.begin(), text::lower);
    return normal;
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

}  // namespace

VersionNumber VersionNumber::of(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  VersionNumber number;
  if (digits.empty()) return number;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
  if (failure == std::errc::result_out_of_range) {
    number.value = std::numeric_limits<std::uint64_t>::max();
    number.wide = digits;
  }
  return number;
}

std::string VersionNumber::to_string() const { return wide.empty() ? std::to_string(value) : wide; }

VersionNumber VersionNumber::next() const {
  if (value != std::numeric_limits<std::uint64_t>::max()) return {value + 1, {}};
  std::string digits = '0' + to_string();
  const std::size_t last = digits.find_last_not_of('9');
  ++digits[last];
  std::fill(digits.begin() + static_cast<std::ptrdiff_t>(last) + 1, digits.end(), '0');
  return of(digits);
}

VersionNumber VersionNumber::previous() const {
  if (wide.empty()) return {value - 1, {}};
  std::string digits = wide;
  const std::size_t last = digits.find_last_not_of('0');
  --digits[last];
  std::fill(digits.begin() + static_cast<std::ptrdiff_t>(last) + 1, digits.end(), '9');
  return of(digits);
}

std::strong_ordering operator<=>(const VersionNumber& left, const VersionNumber& right) {
  if (left.value != right.value) return left.value <=> right.value;
  if (left.wide.size() != right.wide.size()) return left.wide.size() <=> right.wide.size();
  return left.wide <=> right.wide;
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

}  // namespace ensure::specs
