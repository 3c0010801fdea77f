#include "venv/interpreter/library_cache.h"

#include <algorithm>
#include <cstddef>

#include "venv/interpreter/foreign_bytes.h"
#include "venv/interpreter/native_linking.h"

namespace ensure::venv {

namespace {

constexpr std::string_view kOldMark = "ld.so-1.7.0";
constexpr std::size_t kOldHeaderSize = 16;  // the mark, padding, the count
constexpr std::size_t kOldEntrySize = 12;
constexpr std::string_view kMark = "glibc-ld.so.cache1.1";
constexpr std::size_t kHeaderSize = 48;

/// An entry; `name` and `path` are offsets from the start of the mark.
struct Entry {
  std::int32_t kind;
  std::uint32_t name;
  std::uint32_t path;
  std::uint32_t kernel;
  std::uint64_t processor;
};
static_assert(sizeof(Entry) == 24);

Entry entry_at(std::string_view bytes, std::uint32_t index) {
  return read_value<Entry>(bytes, kHeaderSize + std::size_t{index} * sizeof(Entry))
      .value_or(Entry());
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Takes a number off the start of `text`; too large a one wraps around.
std::uint32_t take_number(std::string_view& text) {
  std::uint32_t value = 0;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1)) {
    value = value * 10 + static_cast<std::uint32_t>(text.front() - '0');
  }
  return value;
}

/// The order of the cache: by bytes, but numbers by their value and after all else.
int compare(std::string_view left, std::string_view right) {
  while (!left.empty() && !right.empty()) {
    const bool is_number = is_digit(left.front());
    if (is_number != is_digit(right.front())) return is_number ? 1 : -1;
    if (is_number) {
      const std::uint32_t left_number = take_number(left);
      const std::uint32_t right_number = take_number(right);
      if (left_number != right_number) return left_number < right_number ? -1 : 1;
      continue;
    }
    if (left.front() != right.front()) return left.front() < right.front() ? -1 : 1;
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  return static_cast<int>(right.empty()) - static_cast<int>(left.empty());
}

}  // namespace

std::optional<LibraryCache> LibraryCache::try_parse(std::string_view bytes) {
  if (bytes.starts_with(kOldMark)) {
    const std::size_t count = read_value<std::uint32_t>(bytes, 12).value_or(0);
    const std::size_t end = kOldHeaderSize + count * kOldEntrySize;
    bytes.remove_prefix(std::min((end + 7) / 8 * 8, bytes.size()));
  }
  if (!bytes.starts_with(kMark) || bytes.size() < kHeaderSize) return std::nullopt;
  const auto count = *read_value<std::uint32_t>(bytes, kMark.size());
  if (count > (bytes.size() - kHeaderSize) / sizeof(Entry)) return std::nullopt;
  return LibraryCache(bytes, count);
}

std::string_view LibraryCache::name_of(std::uint32_t index) const {
  return text_at(bytes_, entry_at(bytes_, index).name).value_or(std::string_view());
}

std::optional<CachedLibrary> LibraryCache::find(std::string_view name) const {
  // The entries are sorted downwards. Look for the first one that is not greater.
  std::uint32_t low = 0;
  for (std::uint32_t high = count_; low < high;) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (compare(name_of(middle), name) > 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::optional<CachedLibrary> result;
  for (; low < count_ && name_of(low) == name; ++low) {
    const Entry entry = entry_at(bytes_, low);
    if (entry.kind != kNativeCacheKind) continue;
    if (!result) result = CachedLibrary{.path = text_at(bytes_, entry.path).value_or("")};
    if (entry.kernel != 0 || entry.processor != 0) result->is_the_only_variant = false;
  }
  return result;
}

}  // namespace ensure::venv
