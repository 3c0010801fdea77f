#include "installer/specs/versions/version.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "installer/base/error.h"
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
// A number below 239 is a byte, greater by one; above, a byte that tells the length and the bytes
// of the number, highest first; beyond 64 bits, 0xF8, the count of digits in 8 bytes, the digits.
// So the end (0) of a part sorts before any number, no key is the beginning of another, and no byte
// that decides an order is 0xFF.

namespace ensure::specs {
namespace {

constexpr std::uint64_t kSmall = 0xEF;  // numbers below are one byte
constexpr unsigned char kLengths = 0xF0;
constexpr unsigned char kWide = 0xF8;
constexpr char kEnd = 0;
constexpr char kDevelopmentOfFinal = 0;
constexpr char kNoPre = 4;
constexpr char kNoPost = 0;
constexpr char kPost = 1;
constexpr char kDev = 0;
constexpr char kNoDev = 1;
constexpr char kLetters = 1;
constexpr char kNumeric = 2;

void append_bytes(std::string& key, std::uint64_t value, int count) {
  for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
    key += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xFFU);
  }
}

void append_number(std::string& key, const VersionNumber& number) {
  if (!number.wide.empty()) {
    key += static_cast<char>(kWide);
    append_bytes(key, number.wide.size(), 8);
    key += number.wide;
  } else if (number.value < kSmall) {
    key += static_cast<char>(number.value + 1);
  } else {
    int count = 1;
    while (count < 8 && number.value >> (8U * static_cast<unsigned>(count)) != 0) ++count;
    key += static_cast<char>(kLengths + count - 1);
    append_bytes(key, number.value, count);
  }
}

void append_release(std::string& key, const std::vector<VersionNumber>& release,
                    std::size_t trailing_zeros) {
  for (std::size_t i = 0; i + trailing_zeros < release.size(); ++i) append_number(key, release[i]);
  key += kEnd;
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
    const unsigned char first = static_cast<unsigned char>(byte());
    if (first == 0 || first > kWide) {
      failed_ = true;
      return {};
    }
    if (first <= kSmall) return {first - 1U, {}};
    if (first < kWide) return {bytes(first - kLengths + 1U), {}};
    return VersionNumber::of(take(bytes(8)));
  }

  std::uint64_t bytes(std::size_t count) {
    std::uint64_t value = 0;
    for (const char part : take(count)) value = value << 8U | static_cast<unsigned char>(part);
    return value;
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

Version Version::of(const VersionParts& parts) {
  const auto nonzero = std::find_if_not(parts.release.rbegin(), parts.release.rend(),
                                        [](const VersionNumber& part) { return part.is_zero(); });
  const std::size_t zeros = static_cast<std::size_t>(nonzero - parts.release.rbegin());
  std::string key;
  append_number(key, parts.epoch);
  append_release(key, parts.release, zeros);
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
