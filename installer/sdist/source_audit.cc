#include "installer/sdist/source_audit.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "installer/base/text.h"
#include "installer/wheel/zip/archive_errors.h"

namespace ensure::sdist {
namespace {

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

/// All entries, by path.
class Audit {
 public:
  explicit Audit(const wheel::ArchiveErrors& errors) : errors_(errors) {}

  void add(SourceEntry entry) {
    const std::string_view fault = wheel::fault_of_path(entry.path, true);
    errors_.require(fault.empty(), entry.path, fault);
    const auto [known, is_new] = entries_.try_emplace(entry.path, entry);
    errors_.require(is_new || are_equal(known->second, entry), entry.path,
                     "is in the archive twice, with different content");
  }

  std::vector<SourceEntry> finish() {
    std::string_view previous;
    for (const auto& [path, entry] : entries_) {
      // The previous path has already covered the common directories.
      const auto common = std::ranges::mismatch(path, previous).in1 - path.begin();
      check_above(path, static_cast<std::size_t>(common));
      previous = path;
    }
    for (const auto& [path, entry] : entries_) {
      if (entry.kind == Kind::kLink) check_link(entry);
    }
    std::vector<SourceEntry> entries;
    entries.reserve(entries_.size());
    for (auto& [path, entry] : entries_) entries.push_back(std::move(entry));
    return entries;
  }

 private:
  void check_above(std::string_view path, std::size_t from = 0) const {
    for (std::size_t slash = path.find('/', from); slash != std::string_view::npos;
         slash = path.find('/', slash + 1)) {
      const auto above = entries_.find(path.substr(0, slash));
      errors_.require(above == entries_.end() || above->second.kind == Kind::kDirectory, path,
                       "is below something that is not a directory");
    }
  }

  void check_link(const SourceEntry& link) const {
    const std::optional<std::string> target = destination_of(link);
    errors_.require(target.has_value(), link.path, "is a link that leads out of the archive");
    if (target->empty()) return;
    const auto found = entries_.lower_bound(*target);
    const bool is_entry = found != entries_.end() && found->first == *target;
    errors_.require(!is_entry || found->second.kind != Kind::kLink, link.path,
                     "is a link to another link");
    check_above(*target);
  }

  const wheel::ArchiveErrors& errors_;
  std::map<std::string, SourceEntry, std::less<>> entries_;
};

}  // namespace

void check_source_entries(std::vector<SourceEntry>& entries, const wheel::ArchiveErrors& errors) {
  Audit audit(errors);
  for (SourceEntry& entry : entries) audit.add(std::move(entry));
  entries = audit.finish();
}

}  // namespace ensure::sdist
