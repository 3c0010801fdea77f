#include "installer/sdist/source_audit.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "installer/base/text.h"
#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {
namespace {

using Entries = std::vector<SourceEntry>;
using Kind = SourceEntry::Kind;

constexpr std::size_t kLongestTarget = 4095;  // of a link, on Linux

bool are_equal(const SourceEntry& one, const SourceEntry& other) {
  return one.kind == other.kind && one.content == other.content && one.target == other.target;
}

/// The path that a link leads to, relative to the root of the archive; nullopt if it leaves the
/// archive. All ".." have to come first, so that no other link changes their meaning.
std::optional<std::string> destination_of(const SourceEntry& link) {
  if (link.target.empty() || link.target.front() == '/') return std::nullopt;
  if (link.target.size() > kLongestTarget) return std::nullopt;
  std::vector<std::string_view> parts = base::split(link.path, '/');
  parts.pop_back();
  bool is_going_down = false;
  for (const std::string_view part : base::split(link.target, '/')) {
    if (part == "." || part.empty()) continue;
    if (part != "..") {
      parts.push_back(part);
      is_going_down = true;
      continue;
    }
    if (is_going_down || parts.empty()) return std::nullopt;
    parts.pop_back();
  }
  std::string path;
  for (const std::string_view part : parts) path.append(path.empty() ? "" : "/").append(part);
  return path;
}

const SourceEntry* entry_at(const Entries& sorted, std::string_view path) {
  const auto found = std::ranges::lower_bound(sorted, path, {}, &SourceEntry::path);
  return found != sorted.end() && found->path == path ? &*found : nullptr;
}

/// Checks the parents of `path` that are at least as long as `from`.
void check_parents(const Entries& sorted, std::string_view path, std::size_t from,
                   const wheel::ArchiveErrors& errors) {
  for (std::size_t slash = path.find('/', from); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const SourceEntry* const parent = entry_at(sorted, path.substr(0, slash));
    errors.require(parent == nullptr || parent->kind == Kind::kDirectory, path,
                   "is below something that is not a directory");
  }
}

void check_link(const Entries& sorted, const SourceEntry& link,
                const wheel::ArchiveErrors& errors) {
  const std::optional<std::string> target = destination_of(link);
  errors.require(target.has_value(), link.path, "is a link that leads out of the archive");
  const SourceEntry* const entry = entry_at(sorted, *target);
  errors.require(entry == nullptr || entry->kind != Kind::kLink, link.path,
                 "is a link to another link");
  check_parents(sorted, *target, 0, errors);
}

}  // namespace

void check_source_entries(Entries& entries, const wheel::ArchiveErrors& errors) {
  for (const SourceEntry& entry : entries) {
    const std::string_view fault = wheel::fault_of_path(entry.path, true);
    errors.require(fault.empty(), entry.path, fault);
  }
  std::ranges::stable_sort(entries, {}, &SourceEntry::path);
  const auto duplicates =
      std::ranges::unique(entries, [&](const SourceEntry& one, const SourceEntry& other) {
        const bool has_same_path = one.path == other.path;
        errors.require(!has_same_path || are_equal(one, other), one.path,
                       "is in the archive twice, with different content");
        return has_same_path;
      });
  entries.erase(duplicates.begin(), duplicates.end());
  std::string_view previous;
  for (const SourceEntry& entry : entries) {
    // The previous path has already covered the common directories.
    const auto common = std::ranges::mismatch(entry.path, previous).in1 - entry.path.begin();
    check_parents(entries, entry.path, static_cast<std::size_t>(common), errors);
    if (entry.kind == Kind::kLink) check_link(entries, entry, errors);
    previous = entry.path;
  }
}

}  // namespace ensure::sdist
