#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ensure::venv {

/// A symbol that an object defines for others.
struct ElfSymbol {
  std::uint64_t address = 0;
  std::uint64_t size = 0;  ///< in bytes
};

/// The name of a symbol with its two hashes, for a look-up in several objects.
struct SymbolName {
  explicit SymbolName(std::string_view name);

  std::string_view text;
  std::uint32_t gnu_hash = 5381;
  std::uint32_t elf_hash = 0;
};

/// The dynamic symbols of an object (System V ABI, "Symbol Table" and "Hash Table"; GNU's hash
/// table; the symbol versions of the Linux Standard Base). Each part is given with what follows it
/// in the file, and is empty where the object has none.
class ElfSymbolTable {
 public:
  struct Parts {
    std::string_view texts;     ///< DT_STRTAB
    std::string_view symbols;   ///< DT_SYMTAB up to the next table
    std::string_view versions;  ///< DT_VERSYM
    std::string_view gnu_hash;  ///< DT_GNU_HASH
    std::string_view elf_hash;  ///< DT_HASH
  };

  ElfSymbolTable() = default;
  explicit ElfSymbolTable(const Parts& parts) : parts_(parts) {}

  /// The symbol that is found when another object names it without a version.
  [[nodiscard]] std::optional<ElfSymbol> find(const SymbolName& name) const;

  /// The symbols that the object must find elsewhere, in no particular version; among them an empty
  /// one where a name cannot be read.
  [[nodiscard]] std::vector<std::string_view> unversioned_needs() const;

 private:
  [[nodiscard]] std::optional<ElfSymbol> symbol(std::uint64_t index, std::string_view name) const;
  [[nodiscard]] std::optional<ElfSymbol> find_by_gnu_hash(const SymbolName& name) const;
  [[nodiscard]] std::optional<ElfSymbol> find_by_elf_hash(const SymbolName& name) const;

  Parts parts_;
};

}  // namespace ensure::venv
