#pragma once

#include <string>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::wheel {

/// Words why one archive is not used; every check of this layer speaks through it.
class ArchiveErrors {
 public:
  /// `archive` is what the user knows the archive by, such as its file name.
  explicit ArchiveErrors(std::string_view archive) : archive_(archive) {}

  [[nodiscard]] const std::string& archive() const { return archive_; }

  /// An `Error` (`kVerification`) saying "`ARCHIVE` is refused: REASON".
  [[nodiscard]] base::Error error(std::string_view reason) const;

  /// The same about one path of the archive, which may be any bytes: "... `PATH` REASON".
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

}  // namespace ensure::wheel
