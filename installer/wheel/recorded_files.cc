#include "installer/wheel/recorded_files.h"

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "installer/base/text.h"
#include "installer/specs/metadata/record.h"

namespace ensure::wheel {
namespace {

/// RECORD cannot list its own digest, and a signature is made after it.
bool may_lack_digest(std::string_view path, std::string_view dist_info) {
  if (!path.starts_with(dist_info)) return false;
  const std::string_view name = path.substr(dist_info.size());
  return name == "/RECORD" || name == "/RECORD.jws" || name == "/RECORD.p7s";
}

/// Puts rows of RECORD to the files they are about.
class Matching {
 public:
  Matching(const ZipDirectory& directory, std::string_view dist_info)
      : errors_(directory.errors()), dist_info_(dist_info) {
    for (const ZipEntry& entry : directory.entries()) {
      if (entry.folder) {
        folders_.insert(entry.path);
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
      errors_.require(is_folder_row(row), row.path, "is listed in `RECORD` and is not there");
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
  /// Some tools list folders too.
  [[nodiscard]] bool is_folder_row(const specs::RecordEntry& row) const {
    if (!row.path.ends_with('/') || !row.digest.empty()) return false;
    return folders_.contains(std::string_view(row.path).substr(0, row.path.size() - 1));
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
  std::unordered_set<std::string_view> folders_;
};

}  // namespace

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
  // Row by row: the first row without a file throws, so at most as many rows as files are kept.
  specs::each_record_row(record, [&](const specs::RecordEntry& row) { matching.add(row); });
  return matching.finish();
}

}  // namespace ensure::wheel
