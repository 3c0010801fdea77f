#include "venv/interpreter/elf_symbol_table.h"

#include <elf.h>

#include <array>
#include <bit>
#include <cstddef>

#include "venv/interpreter/foreign_bytes.h"

namespace ensure::venv {

namespace {

constexpr std::size_t kLongestChain = 4096;  // no honest one comes near

bool is_exported(const Elf64_Sym& symbol) {
  const unsigned binding = ELF64_ST_BIND(symbol.st_info);
  const unsigned type = ELF64_ST_TYPE(symbol.st_info);
  const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  return symbol.st_shndx != SHN_UNDEF && (symbol.st_value != 0 || type == STT_TLS) &&
         (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE) &&
         (type <= STT_FUNC || type == STT_COMMON || type == STT_TLS || type == STT_GNU_IFUNC) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

SymbolName::SymbolName(std::string_view name) : text(name) {
  for (const char letter : name) {
    const auto value = static_cast<unsigned char>(letter);
    gnu_hash = gnu_hash * 33 + value;
    elf_hash = (elf_hash << 4U) + value;
    const std::uint32_t high = elf_hash & 0xF0000000U;
    elf_hash = (elf_hash ^ (high >> 24U)) & ~high;
  }
}

std::optional<ElfSymbol> ElfSymbolTable::symbol(std::uint64_t index, std::string_view name) const {
  const auto symbol = read_value<Elf64_Sym>(parts_.symbols, index * sizeof(Elf64_Sym));
  if (!symbol || !is_exported(*symbol) || text_at(parts_.texts, symbol->st_name) != name)
    return std::nullopt;
  // Of several versions of a symbol, all but the default one are hidden.
  constexpr unsigned kHidden = 0x8000;
  const auto version = read_value<std::uint16_t>(parts_.versions, index * sizeof(std::uint16_t));
  if (!parts_.versions.empty() && (!version || (*version & kHidden) != 0)) return std::nullopt;
  return ElfSymbol{.address = symbol->st_value, .size = symbol->st_size};
}

std::optional<ElfSymbol> ElfSymbolTable::find(const SymbolName& name) const {
  return parts_.gnu_hash.empty() ? find_by_elf_hash(name) : find_by_gnu_hash(name);
}

std::optional<ElfSymbol> ElfSymbolTable::find_by_gnu_hash(const SymbolName& name) const {
  // Four numbers, a Bloom filter of 64-bit words, the buckets, and for each symbol from
  // `first` on its hash, the lowest bit of which ends a chain.
  const auto numbers = read_value<std::array<std::uint32_t, 4>>(parts_.gnu_hash, 0);
  if (!numbers) return std::nullopt;
  const auto [bucket_count, first, word_count, shift] = *numbers;
  if (bucket_count == 0 || !std::has_single_bit(word_count)) return std::nullopt;
  const std::uint32_t hash = name.gnu_hash;
  const auto word = read_value<std::uint64_t>(
      parts_.gnu_hash, sizeof(*numbers) + std::uint64_t{(hash / 64) & (word_count - 1)} * 8);
  if (!word || ((*word >> (hash % 64)) & (*word >> ((hash >> (shift % 32)) % 64)) & 1U) == 0) {
    return std::nullopt;
  }
  const std::uint64_t buckets = sizeof(*numbers) + std::uint64_t{word_count} * 8;
  const std::uint64_t hashes = buckets + std::uint64_t{bucket_count} * 4;
  const auto start =
      read_value<std::uint32_t>(parts_.gnu_hash, buckets + hash % bucket_count * 4ULL);
  if (!start || *start < first) return std::nullopt;
  for (std::uint64_t index = *start; index - *start < kLongestChain; ++index) {
    const auto other = read_value<std::uint32_t>(parts_.gnu_hash, hashes + (index - first) * 4);
    if (!other) return std::nullopt;
    if ((*other | 1U) == (hash | 1U)) {
      if (const auto found = symbol(index, name.text)) return found;
    }
    if ((*other & 1U) != 0) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<ElfSymbol> ElfSymbolTable::find_by_elf_hash(const SymbolName& name) const {
  // The counts of buckets and of symbols, the buckets, and for each symbol the next of its chain.
  const auto numbers = read_value<std::array<std::uint32_t, 2>>(parts_.elf_hash, 0);
  if (!numbers || numbers->front() == 0) return std::nullopt;
  const std::uint64_t buckets = sizeof(*numbers);
  const std::uint64_t chains = buckets + std::uint64_t{numbers->front()} * 4;
  auto index =
      read_value<std::uint32_t>(parts_.elf_hash, buckets + name.elf_hash % numbers->front() * 4ULL);
  for (std::size_t count = 0; index && *index != 0 && count < kLongestChain; ++count) {
    if (const auto found = symbol(*index, name.text)) return found;
    index = read_value<std::uint32_t>(parts_.elf_hash, chains + *index * 4ULL);
  }
  return std::nullopt;
}

std::vector<std::string_view> ElfSymbolTable::unversioned_needs() const {
  std::vector<std::string_view> result;
  for (std::uint64_t index = 1; (index + 1) * sizeof(Elf64_Sym) <= parts_.symbols.size(); ++index) {
    const auto symbol = read_value<Elf64_Sym>(parts_.symbols, index * sizeof(Elf64_Sym));
    if (symbol->st_shndx != SHN_UNDEF || ELF64_ST_BIND(symbol->st_info) != STB_GLOBAL) continue;
    constexpr unsigned kVersion = 0x7fff;
    const auto version = read_value<std::uint16_t>(parts_.versions, index * sizeof(std::uint16_t));
    if (version && (*version & kVersion) > VER_NDX_GLOBAL) continue;
    const auto name = text_at(parts_.texts, symbol->st_name);
    if (!name || !name->empty()) result.push_back(name.value_or(std::string_view()));
  }
  return result;
}

}  // namespace ensure::venv
