#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "installer/base/file.h"
#include "installer/base/path.h"

namespace ensure::bundled {

/// The ZIP archive that a site has appended to the executable. Its wheels are preferred to the
/// bundled ones, for every Python that they support (packaging/rebundle.sh makes one). The strict
/// reader of archives checks it.
class AppendedArchive {
 public:
  /// Finds the bytes after the image of `executable`; nullopt if there are none, or it is not an
  /// executable. Reads only the headers.
  static std::optional<AppendedArchive> find(const base::Path& executable);

  /// Like `find`, for the running program. Nullopt if it cannot read its own file.
  static std::optional<AppendedArchive> find_in_this_program();

  /// The whole file.
  [[nodiscard]] std::string_view file_bytes() const { return file_.bytes(); }

  /// The bytes behind the image.
  [[nodiscard]] std::string_view bytes() const { return file_.bytes().substr(offset_); }

  /// Their offset in the file. The offsets inside a ZIP archive count from here or, after `zip -A`,
  /// from the start of the file.
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  AppendedArchive(base::MappedFile file, std::size_t offset)
      : file_(std::move(file)), offset_(offset) {}

  base::MappedFile file_;
  std::size_t offset_;
};

}  // namespace ensure::bundled
