#pragma once

#include <string>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::wheel {

/// Words the errors about one archive.
class ArchiveErrors {
 public:
  /// `archive` is a name that the user knows, such as the file name.
  explicit ArchiveErrors(std::string_view archive) : archive_(archive) {}

  [[nodiscard]] const std::string& archive() const { return archive_; }

  /// An `Error` (`kVerification`) saying "`ARCHIVE` is refused: REASON".
  [[nodiscard]] base::Error error(std::string_view reason) const;

  /// An error about one path of the archive, which may be any bytes: "... `PATH` REASON".
  [[nodiscard]] base::Error error(std::string_view path, std::string_view reason) const;

  /// Throws the error unless `holds`.
  void require(bool holds, std::string_view reason) const {
    if (!holds) throw error(reason);
  }
  void require(bool holds, std::string_view path, std::string_view reason) const {
    if (!holds) throw error(path, reason);
  }

 private:
  std::string archive_;
};

/// The fault of an entry's path, as the end of a sentence ("leads out of the archive"). Empty if it
/// is a plain relative path in UTF-8 that means the same to every reader and stays below the
/// directory that it is unpacked in. The path of a directory comes without its final "/".
/// `marked_utf8` is whether the archive says that the path is UTF-8; otherwise some readers take it
/// for code page 437.
[[nodiscard]] std::string_view fault_of_path(std::string_view path, bool marked_utf8);

/// A form in which paths are equal if a file system that ignores case would confuse them, and in
/// which a directory sorts immediately before its content.
[[nodiscard]] std::string sort_key_of_path(std::string_view path);

}  // namespace ensure::wheel
