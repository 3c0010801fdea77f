#include "venv/interpreter/program_mapping.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstddef>

namespace ensure::venv {

std::optional<base::FileMapping> try_map_program(const base::Path& path) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat raw{};
  if (!file || fstat(file.get(), &raw) != 0) return std::nullopt;
  if (!S_ISREG(raw.st_mode) || raw.st_size <= 0) {
    errno = EACCES;
    return std::nullopt;
  }
  return base::FileMapping::try_map(file, static_cast<std::size_t>(raw.st_size),
                                    base::FileMapping::Access::kReadAndExecute);
}

}  // namespace ensure::venv
