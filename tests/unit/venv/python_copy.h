#pragma once

#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/files.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace ensure::tests {

/// The bytes of a program, to be damaged in a copy of it.
class ProgramBytes {
 public:
  explicit ProgramBytes(const fs::path& original) : bytes_(base::read_file(original)) {}

  [[nodiscard]] std::string& bytes() { return bytes_; }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  template <typename Value>
  [[nodiscard]] Value get(std::size_t offset) const {
    Value value{};
    std::memcpy(&value, bytes_.data() + offset, sizeof(Value));
    return value;
  }

  template <typename Value>
  ProgramBytes& put(std::size_t offset, Value value) {
    std::memcpy(bytes_.data() + offset, &value, sizeof(Value));
    return *this;
  }

  /// Puts `text` and zeros where `old_text`, ended by a zero, stands first. False where it
  /// stands nowhere, or is shorter.
  [[nodiscard]] bool replace(std::string_view old_text, std::string_view text) {
    const std::size_t at = bytes_.find(std::string(old_text) + '\0');
    if (at == std::string::npos || text.size() > old_text.size()) return false;
    std::string padded(text);
    padded.resize(old_text.size());
    bytes_.replace(at, padded.size(), padded);
    return true;
  }

  /// The end of the last segment that is loaded.
  [[nodiscard]] std::size_t loaded_size() const {
    std::size_t end = 0;
    for (std::size_t index = 0; index < get<std::uint16_t>(56); ++index) {
      const std::size_t header = get<std::uint64_t>(32) + index * 56;
      if (get<std::uint32_t>(header) != 1) continue;
      end = std::max<std::size_t>(end,
                                  get<std::uint64_t>(header + 8) + get<std::uint64_t>(header + 32));
    }
    return end;
  }

  void write(const fs::path& path) const {
    // What is mapped keeps its content: the old file is not written into.
    fs::remove(path);
    fs::ofstream(path, std::ios::binary) << bytes_;
    fs::permissions(path, fs::perms::owner_all);
  }

 private:
  std::string bytes_;
};

/// The executable and the shared library of a Python, in a folder of their own where the one finds
/// the other beside it: bin/python and lib/libpython3.X.so.1.0.
class PythonCopy {
 public:
  /// None where `python` (without links) has no shared library that its run path leads to.
  [[nodiscard]] static bool can_be_made(const fs::path& python) {
    return fs::exists(original_library(python)) &&
           base::read_file(python).find(original_library(python).parent_path().text() + '\0') !=
               std::string::npos;
  }

  explicit PythonCopy(const fs::path& python) : program(python), library(original_library(python)) {
    fs::create_directories(folder_ / "bin");
    fs::create_directories(folder_ / "lib");
    library_ = folder_ / "lib" / original_library(python).filename();
    (void)program.replace(original_library(python).parent_path().text(), "$ORIGIN/../lib");
    write();
  }

  /// Brings the files to what is in memory.
  void write() const {
    program.write(executable());
    library.write(library_);
  }

  [[nodiscard]] fs::path executable() const { return folder_ / "bin/python"; }
  [[nodiscard]] const fs::path& library_path() const { return library_; }

  ProgramBytes program;
  ProgramBytes library;

 private:
  static fs::path original_library(const fs::path& python) {
    return python.parent_path().parent_path() / "lib" /
           ("lib" + python.filename().text() + ".so.1.0");
  }

  TempDir folder_;
  fs::path library_;
};

}  // namespace ensure::tests
