#include "installer/wheel/dist_info.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "installer/specs/metadata/record.h"

namespace ensure::wheel {
namespace {

constexpr std::string_view kDistInfo = ".dist-info";
constexpr std::string_view kData = ".data";

/// The top-level directory of an entry; empty for a file at the top of the archive.
std::string_view top_directory(const ZipEntry& entry) {
  const std::size_t end = entry.path.find('/');
  if (end != std::string_view::npos) return entry.path.substr(0, end);
  return entry.is_directory ? entry.path : std::string_view();
}

/// The keys of an install scheme that `.data` may have directories for (binary distribution format,
/// "The .data directory").
bool is_scheme_key(std::string_view name) {
  constexpr std::array<std::string_view, 5> kKeys = {"purelib", "platlib", "headers", "scripts",
                                                     "data"};
  return std::ranges::find(kKeys, name) != kKeys.end();
}

void check_data_entry(const ZipEntry& entry, std::string_view top, std::string_view stem,
                      const ArchiveErrors& errors) {
  errors.require(top.substr(0, top.size() - kData.size()) == stem, top,
                 "is the `.data` directory of another project or version");
  if (entry.path.size() == top.size()) return;
  const std::string_view inside = entry.path.substr(top.size() + 1);
  const std::size_t end = inside.find('/');
  errors.require(
      is_scheme_key(inside.substr(0, end)) && (end != std::string_view::npos || entry.is_directory),
      entry.path, "has no place in an installation");
}

/// RECORD cannot list its own digest, and a signature is made after it.
bool may_lack_digest(std::string_view path, std::string_view dist_info) {
  if (!path.starts_with(dist_info)) return false;
  const std::string_view name = path.substr(dist_info.size());
  return name == "/RECORD" || name == "/RECORD.jws" || name == "/RECORD.p7s";
}

/// Assigns the rows of RECORD to the files.
class Matching {
 public:
  Matching(const ZipDirectory& directory, std::string_view dist_info)
      : errors_(directory.errors()), dist_info_(dist_info) {
    for (const ZipEntry& entry : directory.entries()) {
      if (entry.is_directory) {
        directories_.insert(entry.path);
        continue;
      }
      by_path_.emplace(entry.path, files_.size());
      files_.push_back({.entry = &entry, .digest = std::nullopt});
    }
    listed_.resize(files_.size());
  }

  void add(const specs::RecordEntry& row) {
    const auto found = by_path_.find(row.path);
    if (found == by_path_.end()) {
      errors_.require(is_directory_row(row), row.path, "is listed in `RECORD` but missing");
      return;
    }
    const std::size_t index = found->second;
    errors_.require(!listed_[index], row.path, "is listed in `RECORD` twice");
    listed_[index] = true;
    files_[index].digest = digest_of(row);
    errors_.require(!row.size || *row.size == files_[index].entry->size, row.path,
                    "has another size than `RECORD` says");
  }

  std::vector<RecordedFile> finish() {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const std::string_view path = files_[i].entry->path;
      errors_.require(listed_[i] || may_lack_digest(path, dist_info_), path,
                      "is not listed in `RECORD`");
    }
    return std::move(files_);
  }

 private:
  /// Some tools list directories too.
  [[nodiscard]] bool is_directory_row(const specs::RecordEntry& row) const {
    if (!row.path.ends_with('/') || !row.digest.empty()) return false;
    return directories_.contains(std::string_view(row.path).substr(0, row.path.size() - 1));
  }

  [[nodiscard]] std::optional<RecordedFile::Digest> digest_of(const specs::RecordEntry& row) const {
    if (row.digest.empty()) {
      errors_.require(may_lack_digest(row.path, dist_info_), row.path, "has no digest in `RECORD`");
      return std::nullopt;
    }
    const std::optional<base::DigestAlgorithm> algorithm =
        base::record_digest_algorithm(row.algorithm);
    if (!algorithm) {
      throw errors_.error(row.path,
                          "has a digest in `RECORD` that is not SHA-256, SHA-384 or SHA-512");
    }
    return RecordedFile::Digest{.algorithm = *algorithm, .value = row.digest};
  }

  const ArchiveErrors& errors_;
  std::string_view dist_info_;
  std::vector<RecordedFile> files_;
  std::vector<bool> listed_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
  std::unordered_set<std::string_view> directories_;
};

}  // namespace

std::string find_dist_info(const ZipDirectory& directory) {
  const ArchiveErrors& errors = directory.errors();
  std::set<std::string_view> found;
  for (const ZipEntry& entry : directory.entries()) {
    // A file of such a name would be taken for a distribution as well.
    const std::string_view first = entry.path.substr(0, entry.path.find('/'));
    if (first.ends_with(kDistInfo)) found.insert(first);
  }
  errors.require(!found.empty(), "it has no `.dist-info` directory, so it is not a wheel");
  errors.require(found.size() == 1, *found.rbegin(), "is not its only `.dist-info` directory");

  const std::string_view dist_info = *found.begin();
  const std::string_view stem = dist_info.substr(0, dist_info.size() - kDistInfo.size());
  for (const ZipEntry& entry : directory.entries()) {
    const std::string_view top = top_directory(entry);
    if (top.ends_with(kData)) check_data_entry(entry, top, stem, errors);
  }
  return std::string(dist_info);
}

bool dist_info_is_of(std::string_view dist_info, const specs::PackageName& name,
                     const specs::Version& version) {
  // Neither part should contain "-". If an old tool has left one in the name, the last one counts.
  const std::string_view stem = dist_info.substr(0, dist_info.size() - kDistInfo.size());
  const std::size_t dash = stem.rfind('-');
  if (dash == std::string_view::npos) return false;
  const std::optional<specs::PackageName> name_here =
      specs::PackageName::try_parse(stem.substr(0, dash));
  const std::optional<specs::Version> version_here =
      specs::Version::try_parse(stem.substr(dash + 1));
  return name_here && version_here && *name_here == name && *version_here == version;
}

void RecordedFile::check(std::string_view content, const ArchiveErrors& errors) const {
  if (!digest) return;
  base::Hasher hasher(digest->algorithm);
  hasher.update(content);
  errors.require(base::to_base64url(hasher.finish()) == digest->value, entry->path,
                 "does not have the digest that `RECORD` says");
}

std::vector<RecordedFile> match_record(const ZipDirectory& directory, std::string_view dist_info,
                                       std::string_view record) {
  Matching matching(directory, dist_info);
  // Row by row: the first row without a file throws, so memory is bounded by the number of files.
  specs::each_record_row(record, [&](const specs::RecordEntry& row) { matching.add(row); });
  return matching.finish();
}

}  // namespace ensure::wheel
