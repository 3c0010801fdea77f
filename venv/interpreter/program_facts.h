#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::venv {

/// What the header of a Linux executable or library says (the ELF specification, "ELF header").
struct ElfHeader {
  std::string machine;  ///< as uname(2) names it: "x86_64", "aarch64", "i686"
  bool is_64bit = true;
};

/// Reads the header at the start of `bytes`; none where this is no ELF file.
[[nodiscard]] std::optional<ElfHeader> parse_elf_header(std::string_view bytes);

/// Reads the header of the file at `path`; none where there is no such file or it is no ELF file.
[[nodiscard]] std::optional<ElfHeader> read_elf_header(const base::Path& path);

/// The loader that a dynamically linked executable names (PT_INTERP), such as
/// "/lib64/ld-linux-x86-64.so.2"; none where it has none.
[[nodiscard]] std::optional<std::string> elf_loader(std::string_view bytes);

}  // namespace ensure::venv
