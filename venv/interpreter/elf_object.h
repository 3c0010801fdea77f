#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "venv/interpreter/elf_symbol_table.h"

namespace ensure::venv {

/// A version of symbols that an object needs of a library: "GLIBC_2.34" of "libc.so.6".
struct VersionNeed {
  std::string_view library;
  std::string_view version;
};

/// What the dynamic linker reads of an executable or a library: the program header, the dynamic
/// section and the tables that it names (System V ABI, "Program Loading and Dynamic Linking"; the
/// symbol versions of the Linux Standard Base; GNU's hash table).
///
/// Only objects of the kind that this program itself is: of its machine, 64-bit, little-endian.
/// All texts are parts of the file's bytes.
class ElfObject {
 public:
  /// Reads the file `bytes`, which must outlive the result, as far as it is needed. None where it
  /// is of another kind, damaged, or shorter than it says; or where it asks for what is rare enough
  /// not to be understood here (filters, audit libraries, a level of the processor).
  [[nodiscard]] static std::optional<ElfObject> try_parse(std::string_view bytes);

  /// Whether it may be loaded as a library: compiled for any address, and no executable.
  [[nodiscard]] bool is_library() const { return is_library_; }
  /// The loader that it asks for (PT_INTERP); empty where it asks for none.
  [[nodiscard]] std::string_view loader() const { return loader_; }
  [[nodiscard]] std::string_view soname() const { return soname_; }
  /// DT_RUNPATH, or DT_RPATH where there is none; folders with ":" between them.
  [[nodiscard]] std::string_view run_path() const { return run_path_; }
  /// Whether the run path holds for libraries of its libraries as well: DT_RPATH alone.
  [[nodiscard]] bool inherits_run_path() const { return inherits_run_path_; }
  [[nodiscard]] const std::vector<std::string_view>& needed() const { return needed_; }
  [[nodiscard]] const std::vector<VersionNeed>& version_needs() const { return version_needs_; }
  [[nodiscard]] bool defines_version(std::string_view version) const;

  [[nodiscard]] const ElfSymbolTable& symbols() const { return symbols_; }

  /// The content of the file that is loaded at `address`; empty where that is not all in the file.
  [[nodiscard]] std::string_view content(std::uint64_t address, std::uint64_t size) const;

 private:
  struct Segment {
    std::uint64_t address;
    std::string_view content;
  };
  struct Entries;  ///< of the dynamic section

  explicit ElfObject(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool read_segments();
  [[nodiscard]] bool read_dynamic_section();
  [[nodiscard]] bool read_entries(Entries& entries);
  [[nodiscard]] bool read_version_needs(std::uint64_t address, std::uint64_t count);
  [[nodiscard]] bool read_version_definitions(std::uint64_t address, std::uint64_t count);

  [[nodiscard]] std::string_view content_from(std::uint64_t address) const;

  std::string_view bytes_;
  std::vector<Segment> segments_;
  std::string_view dynamic_section_;
  std::string_view texts_;  ///< DT_STRTAB
  ElfSymbolTable symbols_;
  std::string_view loader_;
  std::string_view soname_;
  std::string_view run_path_;
  std::vector<std::string_view> needed_;
  std::vector<VersionNeed> version_needs_;
  std::vector<std::string_view> versions_;
  bool is_library_ = false;
  bool inherits_run_path_ = false;
};

}  // namespace ensure::venv
