#include "venv/interpreter/elf_object.h"

#include <elf.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "venv/interpreter/foreign_bytes.h"
#include "venv/interpreter/native_linking.h"

namespace ensure::venv {

namespace {

constexpr std::uint64_t kMostMemory = std::uint64_t{1} << 47U;  // what a process can address
constexpr std::size_t kMostSegments = 73;   // Linux reads one page of program headers
constexpr std::size_t kMostEntries = 4096;  // no honest table of needs or versions is longer
constexpr std::uint32_t kProcessorLevelNeeded = 0xc0008002;  // GNU_PROPERTY_X86_ISA_1_NEEDED
constexpr std::uint32_t kBaselineLevel = 1;

bool is_native(const Elf64_Ehdr& header) {
  const auto& mark = header.e_ident;
  return std::memcmp(mark, ELFMAG, SELFMAG) == 0 && mark[EI_CLASS] == ELFCLASS64 &&
         mark[EI_DATA] == ELFDATA2LSB && mark[EI_VERSION] == EV_CURRENT &&
         (mark[EI_OSABI] == ELFOSABI_SYSV || mark[EI_OSABI] == ELFOSABI_GNU) &&
         mark[EI_ABIVERSION] == 0 && header.e_version == EV_CURRENT &&
         header.e_machine == kNativeMachine && std::endian::native == std::endian::little &&
         (header.e_type == ET_EXEC || header.e_type == ET_DYN) &&
         header.e_phentsize == sizeof(Elf64_Phdr) && header.e_phnum <= kMostSegments;
}

/// What Linux and the loader require of a segment that they map.
bool can_be_mapped(const Elf64_Phdr& header) {
  static const auto kPageSize = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return std::has_single_bit(header.p_align) && header.p_align % kPageSize == 0 &&
         (header.p_vaddr - header.p_offset) % header.p_align == 0 &&
         header.p_filesz <= header.p_memsz && header.p_vaddr < kMostMemory &&
         header.p_memsz < kMostMemory;
}

/// Whether a note of properties (Linux Extensions to gABI, "Program Property") asks for more than
/// any processor of this architecture has. Where that number stands in another place, the
/// answer is yes all the same.
bool needs_processor_level(std::string_view note) {
  for (std::uint64_t offset = 0; offset + 12 <= note.size(); offset += 4) {
    if (read_value<std::uint32_t>(note, offset) != kProcessorLevelNeeded) continue;
    if ((*read_value<std::uint32_t>(note, offset + 8) & ~kBaselineLevel) != 0) return true;
  }
  return false;
}

/// Whether an entry of the dynamic section is of those that are not understood here.
bool is_rare(const Elf64_Dyn& entry) {
  switch (entry.d_tag) {
    case DT_SYMENT:
      return entry.d_un.d_val != sizeof(Elf64_Sym);
    case DT_FLAGS_1:
      return (entry.d_un.d_val & (DF_1_NODEFLIB | DF_1_LOADFLTR)) != 0;
    case DT_AUXILIARY:
    case DT_FILTER:
    case DT_AUDIT:
    case DT_DEPAUDIT:
      return true;
    default:
      return false;
  }
}

}  // namespace

/// The entries of the dynamic section that are followed up; 0 where one is missing.
struct ElfObject::Entries {
  std::uint64_t texts = 0;
  std::uint64_t texts_size = 0;
  std::uint64_t symbols = 0;
  std::uint64_t gnu_hash = 0;
  std::uint64_t elf_hash = 0;
  std::uint64_t symbol_versions = 0;
  std::uint64_t version_needs = 0;
  std::uint64_t version_needs_count = 0;
  std::uint64_t versions = 0;
  std::uint64_t versions_count = 0;
  std::vector<std::uint64_t> needed;
  std::optional<std::uint64_t> soname;
  std::optional<std::uint64_t> runpath;
  std::optional<std::uint64_t> rpath;

  /// The place for the number of such an entry; null where it is none of these.
  [[nodiscard]] std::uint64_t* number(std::int64_t tag) {
    switch (tag) {
      case DT_STRTAB:
        return &texts;
      case DT_STRSZ:
        return &texts_size;
      case DT_SYMTAB:
        return &symbols;
      case DT_GNU_HASH:
        return &gnu_hash;
      case DT_HASH:
        return &elf_hash;
      case DT_VERSYM:
        return &symbol_versions;
      case DT_VERNEED:
        return &version_needs;
      case DT_VERNEEDNUM:
        return &version_needs_count;
      case DT_VERDEF:
        return &versions;
      case DT_VERDEFNUM:
        return &versions_count;
      default:
        return nullptr;
    }
  }

  /// The same for an entry that is the offset of a text.
  [[nodiscard]] std::optional<std::uint64_t>* text(std::int64_t tag) {
    switch (tag) {
      case DT_SONAME:
        return &soname;
      case DT_RUNPATH:
        return &runpath;
      case DT_RPATH:
        return &rpath;
      default:
        return nullptr;
    }
  }

  /// Where the table of symbols ends at the latest: where the next one begins.
  [[nodiscard]] std::uint64_t symbols_end() const {
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
    for (const std::uint64_t table :
         {texts, gnu_hash, elf_hash, symbol_versions, version_needs, versions}) {
      if (table > symbols) end = std::min(end, table);
    }
    return end;
  }
};

std::optional<ElfObject> ElfObject::try_parse(std::string_view bytes) {
  ElfObject object(bytes);
  if (!object.read_segments() || !object.read_dynamic_section()) return std::nullopt;
  return object;
}

bool ElfObject::read_segments() {
  const auto header = read_value<Elf64_Ehdr>(bytes_, 0);
  if (!header || !is_native(*header)) return false;
  is_library_ = header->e_type == ET_DYN;
  std::uint64_t end = 0;
  Elf64_Phdr dynamic{};
  for (std::uint64_t index = 0; index < header->e_phnum; ++index) {
    const auto segment =
        read_value<Elf64_Phdr>(bytes_, header->e_phoff + index * sizeof(Elf64_Phdr));
    if (!segment) return false;
    const auto content = part_of(bytes_, segment->p_offset, segment->p_filesz);
    if (segment->p_type == PT_LOAD) {
      if (!content || !can_be_mapped(*segment) || segment->p_vaddr < end) return false;
      end = segment->p_vaddr + segment->p_memsz;
      segments_.push_back({.address = segment->p_vaddr, .content = *content});
    } else if (segment->p_type == PT_DYNAMIC) {
      dynamic = *segment;
    } else if (segment->p_type == PT_INTERP) {
      if (!content || content->empty() || content->back() != '\0') return false;
      loader_ = content->substr(0, content->find('\0'));
    } else if (segment->p_type == PT_GNU_PROPERTY) {
      if (!content || needs_processor_level(*content)) return false;
    }
  }
  dynamic_section_ = content(dynamic.p_vaddr, dynamic.p_filesz);
  return !dynamic_section_.empty();
}

bool ElfObject::read_entries(Entries& entries) {
  for (std::uint64_t index = 0; index < kMostEntries; ++index) {
    const auto entry = read_value<Elf64_Dyn>(dynamic_section_, index * sizeof(Elf64_Dyn));
    if (!entry) return false;
    const std::uint64_t value = entry->d_un.d_val;
    if (entry->d_tag == DT_NULL) return true;
    if (entry->d_tag == DT_NEEDED) {
      entries.needed.push_back(value);
    } else if (std::uint64_t* const number = entries.number(entry->d_tag)) {
      *number = value;
    } else if (std::optional<std::uint64_t>* const offset = entries.text(entry->d_tag)) {
      *offset = value;
    } else if (is_rare(*entry)) {
      return false;
    } else if (entry->d_tag == DT_FLAGS_1 && (value & DF_1_PIE) != 0) {
      is_library_ = false;
    }
  }
  return false;
}

bool ElfObject::read_dynamic_section() {
  Entries entries;
  if (!read_entries(entries)) return false;
  texts_ = content(entries.texts, entries.texts_size);
  const std::string_view symbols = content_from(entries.symbols);
  if (texts_.empty() || symbols.empty()) return false;
  const auto optional_table = [&](std::uint64_t address) {
    return address == 0 ? std::string_view() : content_from(address);
  };
  symbols_ = ElfSymbolTable({.texts = texts_,
                             .symbols = symbols.substr(0, entries.symbols_end() - entries.symbols),
                             .versions = optional_table(entries.symbol_versions),
                             .gnu_hash = optional_table(entries.gnu_hash),
                             .elf_hash = optional_table(entries.elf_hash)});

  for (const std::uint64_t offset : entries.needed) {
    const auto name = text_at(texts_, offset);
    if (!name || name->empty()) return false;
    needed_.push_back(*name);
  }
  const auto run_path = entries.runpath ? entries.runpath : entries.rpath;
  inherits_run_path_ = !entries.runpath;
  const auto soname_text = entries.soname ? text_at(texts_, *entries.soname) : std::string_view();
  const auto run_path_text = run_path ? text_at(texts_, *run_path) : std::string_view();
  if (!soname_text || !run_path_text) return false;
  soname_ = *soname_text;
  run_path_ = *run_path_text;
  return read_version_needs(entries.version_needs, entries.version_needs_count) &&
         read_version_definitions(entries.versions, entries.versions_count);
}

bool ElfObject::read_version_needs(std::uint64_t address, std::uint64_t count) {
  if (address == 0) return true;
  const std::string_view table = content_from(address);
  std::uint64_t at = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto need = read_value<Elf64_Verneed>(table, at);
    const auto library = need ? text_at(texts_, need->vn_file) : std::nullopt;
    if (!library || need->vn_version != VER_NEED_CURRENT) return false;
    std::uint64_t version_at = at + need->vn_aux;
    for (unsigned number = 0; number < need->vn_cnt; ++number) {
      const auto version = read_value<Elf64_Vernaux>(table, version_at);
      const auto name = version ? text_at(texts_, version->vna_name) : std::nullopt;
      if (!name || SymbolName(*name).elf_hash != version->vna_hash) return false;
      version_needs_.push_back({.library = *library, .version = *name});
      if (version_needs_.size() > kMostEntries) return false;
      version_at += version->vna_next;
    }
    if (need->vn_next == 0) return index + 1 == count;
    at += need->vn_next;
  }
  return true;
}

bool ElfObject::read_version_definitions(std::uint64_t address, std::uint64_t count) {
  if (address == 0) return true;
  const std::string_view table = content_from(address);
  std::uint64_t at = 0;
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto definition = read_value<Elf64_Verdef>(table, at);
    if (!definition || definition->vd_version != VER_DEF_CURRENT) return false;
    const auto name_entry = read_value<Elf64_Verdaux>(table, at + definition->vd_aux);
    const auto name = name_entry ? text_at(texts_, name_entry->vda_name) : std::nullopt;
    if (!name || SymbolName(*name).elf_hash != definition->vd_hash) return false;
    if ((definition->vd_flags & VER_FLG_BASE) == 0) versions_.push_back(*name);
    if (versions_.size() > kMostEntries) return false;
    if (definition->vd_next == 0) return index + 1 == count;
    at += definition->vd_next;
  }
  return true;
}

bool ElfObject::defines_version(std::string_view version) const {
  return std::ranges::find(versions_, version) != versions_.end();
}

std::string_view ElfObject::content_from(std::uint64_t address) const {
  for (const Segment& segment : segments_) {
    if (address < segment.address || address - segment.address >= segment.content.size()) continue;
    return segment.content.substr(address - segment.address);
  }
  return {};
}

std::string_view ElfObject::content(std::uint64_t address, std::uint64_t size) const {
  return part_of(content_from(address), 0, size).value_or(std::string_view());
}

}  // namespace ensure::venv
