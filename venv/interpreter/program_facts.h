#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::venv {

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
