#include "installer/sdist/source_archive.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "installer/base/text.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::sdist {
namespace {

using Kind = SourceEntry::Kind;

constexpr std::string_view kZipSuffix = ".zip";

/// 1980-01-02: the zip archives that a build makes cannot hold an older time.
constexpr std::int64_t kOldest = 315'619'200;

/// Reads a zip archive with the reader of wheels, which is stricter than libarchive's: it compares
/// both headers of each entry.
SourceContent read_zip(std::string_view bytes, const wheel::ArchiveErrors& errors) {
  const wheel::ZipDirectory directory = wheel::ZipDirectory::parse(bytes, errors.archive());
  errors.require(directory.unpacked_size() <= kLargestUnpacked,
                 "it unpacks to more than any source distribution");
  const auto texts = std::make_shared<std::deque<std::string>>();
  SourceContent content{.entries = {}, .memory = texts};
  for (const wheel::ZipEntry& zip : directory.entries()) {
    SourceEntry& entry = content.entries.emplace_back(SourceEntry{
        .kind = zip.is_directory ? Kind::kDirectory : Kind::kFile, .path = std::string(zip.path)});
    entry.executable = zip.executable;
    if (zip.is_directory) continue;
    entry.content = texts->emplace_back(wheel::read_entry(zip, directory.errors()));
  }
  return content;
}

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

const SourceEntry* entry_at(const std::vector<SourceEntry>& sorted, std::string_view path) {
  const auto found = std::ranges::lower_bound(sorted, path, {}, &SourceEntry::path);
  return found != sorted.end() && found->path == path ? &*found : nullptr;
}

/// Checks the parents of `path` that are at least as long as `from`.
void check_parents(const std::vector<SourceEntry>& sorted, std::string_view path, std::size_t from,
                   const wheel::ArchiveErrors& errors) {
  for (std::size_t slash = path.find('/', from); slash != std::string_view::npos;
       slash = path.find('/', slash + 1)) {
    const SourceEntry* const parent = entry_at(sorted, path.substr(0, slash));
    errors.require(parent == nullptr || parent->kind == Kind::kDirectory, path,
                   "is below something that is not a directory");
  }
}

void check_link(const std::vector<SourceEntry>& sorted, const SourceEntry& link,
                const wheel::ArchiveErrors& errors) {
  const std::optional<std::string> target = destination_of(link);
  errors.require(target.has_value(), link.path, "is a link that leads out of the archive");
  const SourceEntry* const entry = entry_at(sorted, *target);
  errors.require(entry == nullptr || entry->kind != Kind::kLink, link.path,
                 "is a link to another link");
  check_parents(sorted, *target, 0, errors);
}

/// The top directory that contains all entries; empty if there is none.
std::string root_of(const std::vector<SourceEntry>& entries) {
  const std::string& first = entries.front().path;
  std::string top = first.substr(0, std::min(first.find('/'), first.size()));
  const bool contains_all = std::ranges::all_of(entries, [&top](const SourceEntry& entry) {
    if (entry.path == top) return entry.kind == Kind::kDirectory;
    return entry.path.starts_with(top + '/');
  });
  return contains_all ? top : "";
}

}  // namespace

void check_source_entries(std::vector<SourceEntry>& entries, const wheel::ArchiveErrors& errors) {
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

bool is_source_archive_name(std::string_view filename) {
  return filename.ends_with(kZipSuffix) || is_tar_name(filename);
}

base::Error unsupported_archive(std::string_view filename) {
  return base::Error(base::ExitCode::kUsage,
                     "`" + std::string(filename) + "` is not an archive of a supported format")
      .with_hint(
          "use a wheel, a `.tar.gz`, `.tar.bz2`, `.tar.xz`, `.tar.zst`, `.tar` or `.zip` file, or "
          "unpack it and name the directory");
}

SourceArchive SourceArchive::open(std::string_view filename, std::string_view bytes) {
  if (!is_source_archive_name(filename)) throw unsupported_archive(filename);
  const wheel::ArchiveErrors errors(filename);
  SourceArchive archive;
  archive.content_ =
      filename.ends_with(kZipSuffix) ? read_zip(bytes, errors) : read_tar(filename, bytes, errors);
  check_source_entries(archive.content_.entries, errors);
  errors.require(!archive.content_.entries.empty(), "it is empty");
  archive.root_ = root_of(archive.content_.entries);
  return archive;
}

std::optional<std::string> SourceArchive::file(std::string_view name) const {
  const std::string path = root_.empty() ? std::string(name) : root_ + '/' + std::string(name);
  for (const SourceEntry& entry : content_.entries) {
    if (entry.path == path && entry.kind == Kind::kFile) return std::string(entry.content);
  }
  return std::nullopt;
}

void SourceArchive::unpack(const base::Directory& directory) const {
  std::string_view previous;
  for (const SourceEntry& entry : content_.entries) {
    const std::string_view path = entry.path;
    // The entries are sorted: the previous path has already created the common directories.
    const auto common = std::ranges::mismatch(path, previous).in1 - path.begin();
    for (auto slash = path.find('/', static_cast<std::size_t>(common));
         slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
      directory.make_directory(path.substr(0, slash));
    }
    previous = path;
    if (entry.kind == Kind::kDirectory) directory.make_directory(path);
    if (entry.kind == Kind::kFile) {
      using base::Permissions;
      directory.write_file(entry.path, entry.content,
                           entry.executable ? Permissions::kExecutable : Permissions::kPlain);
    }
  }
  for (const SourceEntry& entry : content_.entries) {
    if (entry.kind == Kind::kLink) directory.create_link(entry.path, entry.target);
  }
  base::set_times(directory, std::max(kOldest, content_.newest));
}

}  // namespace ensure::sdist
