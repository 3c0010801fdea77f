#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/file.h"
#include "installer/wheel/zip/archive_errors.h"
#include "installer/wheel/zip/zip_directory.h"

struct libdeflate_decompressor;

namespace ensure::wheel {

/// Large content that lies uncompressed in a file of the cache. It is read in pieces, so that the
/// memory never holds all of it, or its blocks are shared.
class CachedContent {
 public:
  /// The content begins at byte `offset` of `file`. All arguments must outlive the object.
  CachedContent(const base::File& file, std::uint64_t offset, const ZipEntry& entry,
                const ArchiveErrors& errors)
      : file_(&file), offset_(offset), entry_(&entry), errors_(&errors) {}

  [[nodiscard]] const base::File& file() const { return *file_; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t size() const { return entry_->size; }

  /// Passes the pieces to `take` in order. Throws `Error` (`kVerification`), after the last one, if
  /// the content does not have the CRC that the archive states.
  void read(const std::function<void(std::string_view piece)>& take) const;

  /// Only checks the CRC.
  void check() const;

 private:
  const base::File* file_;
  std::uint64_t offset_;
  const ZipEntry* entry_;
  const ArchiveErrors* errors_;
};

/// Unpacks entries of an audited archive, one after another. Each thread has a reader of its own.
///
/// The library that unpacks (libdeflate) gets the data of one entry and the size that the audit
/// found, nothing else of the archive: nothing is left that two readers could read differently.
/// Uncompressed content is not copied.
class EntryReader {
 public:
  /// Files only. Both arguments must outlive the reader.
  EntryReader(std::vector<const ZipEntry*> files, const ArchiveErrors& errors)
      : files_(std::move(files)), errors_(errors) {}

  /// From now on reads uncompressed content from `file` instead of mapped memory, so that it does
  /// not fill the memory. `file` contains `bytes`, the whole archive. Does nothing if `file` is
  /// none.
  void read_from(base::File file, std::string_view bytes);

  /// The next file, unchecked, if it is read from a file and is large (or `any` size).
  [[nodiscard]] std::optional<CachedContent> next_cached(bool any = false);

  /// The content of the next file; valid until the next call. Throws `Error` (`kVerification`) if
  /// it does not have the size and the CRC that the archive states.
  [[nodiscard]] std::string_view next();

 private:
  struct FreeDecompressor {
    void operator()(libdeflate_decompressor* decompressor) const;
  };

  void make_room(std::size_t size);
  [[nodiscard]] std::uint64_t offset_of(const ZipEntry& entry) const;
  [[nodiscard]] std::string_view read_uncompressed(const ZipEntry& entry);
  void fill(std::uint64_t offset, std::uint64_t size);
  [[nodiscard]] std::optional<std::string_view> inflate(const ZipEntry& file);

  std::vector<const ZipEntry*> files_;
  const ArchiveErrors& errors_;
  std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor_;
  std::size_t current_ = 0;         ///< the file that `next` returns next
  std::unique_ptr<char[]> buffer_;  ///< as large as the largest file so far, and not cleared
  std::size_t buffer_size_ = 0;

  base::File file_;
  std::string_view archive_;
  std::uint64_t begin_ = 0;  ///< the part of the file that `buffer_` holds
  std::uint64_t end_ = 0;
};

/// The content of a single file.
[[nodiscard]] std::string read_entry(const ZipEntry& file, const ArchiveErrors& errors);

}  // namespace ensure::wheel
