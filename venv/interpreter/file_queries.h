#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

/// Questions about files of others. "Cannot tell" counts as "no": an unreadable `.python-version`
/// is no reason to stop.
namespace ensure::venv {

[[nodiscard]] bool is_file(const base::Path& path);
[[nodiscard]] bool directory_exists(const base::Path& path);
[[nodiscard]] bool is_executable_file(const base::Path& path);
[[nodiscard]] bool is_same_file(const base::Path& left, const base::Path& right);

/// The content of a regular file; nullopt if it cannot be read.
[[nodiscard]] std::optional<std::string> read_if_readable(const base::Path& path);

/// The facts that a program file states about itself, in the format ELF.
struct ProgramFacts {
  std::string machine;  ///< as uname(2) names it: "x86_64", "aarch64", "i686"
  bool is_64bit = true;
  /// The program that loads it: "/lib64/ld-linux-x86-64.so.2". Static programs have none.
  std::optional<std::string> loader;

  /// Returns nullopt if `bytes` are not an ELF file.
  [[nodiscard]] static std::optional<ProgramFacts> try_parse(std::string_view bytes);
};

/// Returns nullopt if the file cannot be read or is not an ELF file.
[[nodiscard]] std::optional<ProgramFacts> read_program_facts(const base::Path& path);

}  // namespace ensure::venv
