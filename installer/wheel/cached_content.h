#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "installer/wheel/zip/archive_errors.h"
#include "installer/wheel/zip/zip_entry.h"

namespace ensure::wheel {

/// Large content that lies uncompressed in a file of the cache. It is read piece by piece, so that
/// memory never holds the whole of it, or its blocks are shared.
class CachedContent {
 public:
  /// It begins at byte `offset` of an open file; all that is referred to must outlive the object.
  CachedContent(int descriptor, std::uint64_t offset, const ZipEntry& entry,
                const ArchiveErrors& errors)
      : descriptor_(descriptor), offset_(offset), entry_(&entry), errors_(&errors) {}

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::uint64_t size() const { return entry_->size; }

  /// Gives the pieces in their order. Throws `Error` (`kVerification`), after the last, where the
  /// content has not the CRC that the archive states.
  void read(const std::function<void(std::string_view piece)>& take) const;

  /// Throws likewise.
  void check() const;

 private:
  int descriptor_;
  std::uint64_t offset_;
  const ZipEntry* entry_;
  const ArchiveErrors* errors_;
};

/// Reads so many bytes at an offset of an open file. Throws `FileError`.
void read_at(int descriptor, std::uint64_t offset, char* bytes, std::size_t size);

}  // namespace ensure::wheel
