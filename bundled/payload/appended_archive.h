#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "installer/base/files.h"
#include "installer/base/path.h"

namespace ensure::bundled {

/// What a site has appended to the executable: a zip archive whose wheels are preferred to the
/// bundled ones, for every Python that they support (packaging/rebundle.sh makes one). Whether it
/// is a sound archive is for the strict reader of archives to say.
class AppendedArchive {
 public:
  /// Looks behind the ELF image of `executable`; none where the file ends with it, or is no ELF
  /// file. Reads no more than the headers.
  static std::optional<AppendedArchive> find(const base::Path& executable);

  /// The same for the running program. None where it cannot read its own file.
  static std::optional<AppendedArchive> find_in_this_program();

  /// The whole file.
  [[nodiscard]] std::string_view file_bytes() const { return file_.bytes(); }

  /// The bytes behind the ELF image.
  [[nodiscard]] std::string_view bytes() const { return file_.bytes().substr(offset_); }

  /// Where they begin in the file: the offsets inside a zip count from here, or, after `zip -A`,
  /// from the start of the file.
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  AppendedArchive(base::MappedFile file, std::size_t offset)
      : file_(std::move(file)), offset_(offset) {}

  base::MappedFile file_;
  std::size_t offset_;
};

}  // namespace ensure::bundled
