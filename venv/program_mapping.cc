#include "venv/program_mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "installer/base/files.h"

namespace ensure::venv {

std::optional<ProgramMapping> ProgramMapping::try_map(const fs::path& path) {
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat raw{};
  if (!file || fstat(file.get(), &raw) != 0) return std::nullopt;
  if (!S_ISREG(raw.st_mode) || raw.st_size <= 0) {
    errno = EACCES;
    return std::nullopt;
  }
  const auto size = static_cast<std::size_t>(raw.st_size);
  void* data = mmap(nullptr, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, file.get(), 0);
  if (data == MAP_FAILED) return std::nullopt;
  return ProgramMapping(data, size);
}

ProgramMapping::~ProgramMapping() {
  if (data_ != nullptr) munmap(data_, size_);
}

ProgramMapping::ProgramMapping(ProgramMapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

ProgramMapping& ProgramMapping::operator=(ProgramMapping&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

}  // namespace ensure::venv
