#include "installer/sdist/source_archive.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <utility>

#include "installer/sdist/archive_reader.h"
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

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

/// Creates directories with those above them, each once.
class DirectoryMaker {
 public:
  explicit DirectoryMaker(const base::Directory& root) : root_(root) {}

  void make(std::string_view path) {
    if (path.empty() || !made_.emplace(path).second) return;
    make(parent_of(path));
    (void)root_.create_directory(path);
  }

 private:
  const base::Directory& root_;
  std::set<std::string, std::less<>> made_;
};

}  // namespace

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
  DirectoryMaker directories(directory);
  for (const SourceEntry& entry : content_.entries) {
    directories.make(entry.kind == Kind::kDirectory ? entry.path : parent_of(entry.path));
    if (entry.kind == Kind::kFile) {
      directory.write_file(entry.path, entry.content, entry.executable ? 0777 : 0666);
    }
  }
  for (const SourceEntry& entry : content_.entries) {
    if (entry.kind == Kind::kLink) directory.create_link(entry.path, entry.target);
  }
  base::set_times(directory, std::max(kOldest, content_.newest));
}

}  // namespace ensure::sdist
