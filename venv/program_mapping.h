#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>

namespace ensure::venv {

namespace fs = std::filesystem;

/// A file mapped as the loader maps programs: for reading and execution, which the system
/// refuses where that may not be executed (a file system mounted `noexec`, a security policy).
class ProgramMapping {
 public:
  /// None where there is no file that can be mapped so; `errno` says why.
  [[nodiscard]] static std::optional<ProgramMapping> try_map(const fs::path& path);

  ~ProgramMapping();
  ProgramMapping(ProgramMapping&& other) noexcept;
  ProgramMapping& operator=(ProgramMapping&& other) noexcept;

  [[nodiscard]] std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  ProgramMapping(void* data, std::size_t size) : data_(data), size_(size) {}

  void* data_;
  std::size_t size_;
};

}  // namespace ensure::venv
