#include "installer/sdist/source_archive.h"

#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <utility>

#include "installer/base/error.h"
#include "installer/sdist/gzip.h"
#include "installer/sdist/source_audit.h"
#include "installer/sdist/tar_reader.h"
#include "installer/wheel/zip/entry_reader.h"
#include "installer/wheel/zip/zip_directory.h"

namespace ensure::sdist {
namespace {

using std::string_view_literals::operator""sv;
using Kind = SourceEntry::Kind;

constexpr std::array kSuffixes = {".tar.gz"sv, ".tgz"sv, ".tar"sv, ".zip"sv};

/// 1980-01-02: the archives that a build makes cannot have an older time.
constexpr std::int64_t kOldest = 315'619'200;

base::Error unknown_kind(std::string_view filename) {
  return base::Error(base::ExitCode::kUsage,
                     "`" + std::string(filename) + "` is an archive of a kind that is not read")
      .with_hint("give a `.tar.gz` or a `.zip`, or unpack it and name the folder");
}

/// Creates the folders above a path, each once.
class Folders {
 public:
  explicit Folders(const base::Directory& root) : root_(root) {}

  void make(std::string_view path) {
    if (path.empty() || made_.contains(path)) return;
    make_above(path);
    (void)root_.create_directory(path);
    made_.emplace(path);
  }

  void make_above(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) make(path.substr(0, slash));
  }

 private:
  const base::Directory& root_;
  std::set<std::string, std::less<>> made_;
};

}  // namespace

bool is_source_archive_name(std::string_view filename) {
  return std::ranges::any_of(
      kSuffixes, [filename](std::string_view suffix) { return filename.ends_with(suffix); });
}

SourceArchive SourceArchive::open(std::string_view filename, std::string_view bytes) {
  SourceArchive archive(filename);
  if (!is_source_archive_name(filename)) throw unknown_kind(filename);
  if (filename.ends_with(".zip")) {
    archive.read_zip(bytes);
  } else {
    if (!filename.ends_with(".tar")) {
      const auto text = std::make_shared<const std::string>(unpack_gzip(bytes, archive.refusal_));
      archive.keeper_ = text;
      bytes = *text;
    }
    TarContent content = read_tar(bytes, archive.refusal_);
    archive.entries_ = std::move(content.entries);
    archive.newest_ = content.newest;
  }
  check_source_entries(archive.entries_, archive.refusal_);
  archive.find_root();
  return archive;
}

void SourceArchive::read_zip(std::string_view bytes) {
  const wheel::ZipDirectory directory = wheel::ZipDirectory::parse(bytes, refusal_.archive());
  refusal_.require(directory.unpacked_size() <= kLargestUnpacked,
                   "it unpacks to more than any source distribution");
  const auto texts = std::make_shared<std::deque<std::string>>();
  for (const wheel::ZipEntry& zip : directory.entries()) {
    SourceEntry entry{.kind = zip.is_directory ? Kind::kFolder : Kind::kFile,
                      .path = std::string(zip.path)};
    entry.executable = zip.executable;
    if (!zip.is_directory) {
      entry.content = texts->emplace_back(wheel::read_entry(zip, directory.errors()));
    }
    entries_.push_back(std::move(entry));
  }
  keeper_ = texts;
}

void SourceArchive::find_root() {
  refusal_.require(!entries_.empty(), "there is nothing in it");
  const std::string& first = entries_.front().path;
  const std::string top = first.substr(0, std::min(first.find('/'), first.size()));
  const bool is_in_one = std::ranges::all_of(entries_, [&](const SourceEntry& entry) {
    if (entry.path == top) return entry.kind == Kind::kFolder;
    return entry.path.starts_with(top + '/');
  });
  if (is_in_one) root_ = top;
}

std::optional<std::string> SourceArchive::file(std::string_view name) const {
  const std::string path = root_.empty() ? std::string(name) : root_ + '/' + std::string(name);
  for (const SourceEntry& entry : entries_) {
    if (entry.path == path && entry.kind == Kind::kFile) return std::string(entry.content);
  }
  return std::nullopt;
}

void SourceArchive::unpack(const base::Directory& folder) const {
  Folders folders(folder);
  for (const SourceEntry& entry : entries_) {
    if (entry.kind == Kind::kFolder) {
      folders.make(entry.path);
      continue;
    }
    folders.make_above(entry.path);
    if (entry.kind == Kind::kFile) {
      folder.write_file(entry.path, entry.content, entry.executable ? 0777 : 0666);
    }
  }
  for (const SourceEntry& entry : entries_) {
    if (entry.kind == Kind::kLink) folder.create_link(entry.path, entry.target);
  }
  base::set_times(folder, std::max(kOldest, newest_));
}

}  // namespace ensure::sdist
