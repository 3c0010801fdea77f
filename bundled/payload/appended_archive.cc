#include "bundled/payload/appended_archive.h"

#include <cstdint>

#include "bundled/payload/image_end.h"
#include "installer/base/error.h"
#include "installer/base/process.h"

namespace ensure::bundled {

std::optional<AppendedArchive> AppendedArchive::find(const base::Path& executable) {
  base::MappedFile file(executable);
  const std::optional<std::uint64_t> end = image_end(file.bytes());
  if (!end || *end >= file.bytes().size()) return std::nullopt;
  return AppendedArchive(std::move(file), static_cast<std::size_t>(*end));
}

std::optional<AppendedArchive> AppendedArchive::find_in_this_program() {
  for (const base::Path& path : base::program_paths()) {
    if (!base::file_status(path)) continue;
    try {
      return find(path);
    } catch (const base::FileError& error) {
      // A program may be executed by those who may not read it.
      if (error.failure() != base::FileFailure::kDenied) throw;
    }
  }
  return std::nullopt;
}

}  // namespace ensure::bundled
