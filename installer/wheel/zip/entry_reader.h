#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/files.h"
#include "installer/wheel/cached_content.h"
#include "installer/wheel/zip/archive_errors.h"
#include "installer/wheel/zip/zip_entry.h"

namespace ensure::wheel {

/// Unpacks entries of an audited archive, one after another; each thread has a reader of its own.
///
/// What is given to the library that unpacks (libdeflate) is the data of one entry and the size
/// that the audit found, nothing else of the archive: so there is nothing left in which two
/// readings could differ. What is stored uncompressed is not copied.
class EntryReader {
 public:
  /// Files only. Both arguments must outlive the reader.
  EntryReader(std::vector<const ZipEntry*> files, const ArchiveErrors& errors);
  ~EntryReader();
  EntryReader(EntryReader&&) noexcept;
  EntryReader& operator=(EntryReader&&) noexcept;

  /// From now on reads uncompressed content from `file` instead of mapped memory, so that it does
  /// not fill the memory. `file` contains `bytes`, the whole archive. Does nothing if `file` is
  /// empty.
  void read_from(base::Descriptor file, std::string_view bytes);

  /// The next file, where it is large, or `any` size will do, and is read from a file. It has not
  /// been checked.
  [[nodiscard]] std::optional<CachedContent> next_cached(bool any = false);

  /// The content of the next file; valid until the next call. Throws `Error` (`kVerification`)
  /// where it does not have the size and the CRC that the archive states.
  [[nodiscard]] std::string_view next();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The content of a single file.
[[nodiscard]] std::string read_entry(const ZipEntry& file, const ArchiveErrors& errors);

}  // namespace ensure::wheel
