#include "bundled/payload/appended_archive.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "installer/base/error.h"

namespace ensure::bundled {

namespace {

using ElfHeader = ElfW(Ehdr);
using SegmentHeader = ElfW(Phdr);
using SectionHeader = ElfW(Shdr);

/// The structure at `offset`; nullopt if it lies outside the file.
template <typename Structure>
std::optional<Structure> structure_at(std::string_view file, std::uint64_t offset) {
  if (offset > file.size() || file.size() - offset < sizeof(Structure)) return std::nullopt;
  Structure structure;
  std::memcpy(&structure, file.data() + offset, sizeof(Structure));
  return structure;
}

/// The end of the last item in a table of headers, or the end of the file if a header lies outside
/// of it. `extent` returns the end of an item.
template <typename Header, typename Extent>
std::uint64_t table_end(std::string_view file, std::uint64_t offset, std::size_t count,
                        Extent extent) {
  if (offset == 0) return 0;
  std::uint64_t end = offset + count * sizeof(Header);
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<Header> header = structure_at<Header>(file, offset + i * sizeof(Header));
    if (!header) return file.size();
    end = std::max<std::uint64_t>(end, extent(*header));
  }
  return end;
}

/// The end of the ELF image: of its last segment, section or table of headers. Nullopt if the file
/// is not an ELF file of this machine's word size.
std::optional<std::uint64_t> elf_end(std::string_view file) {
  const std::optional<ElfHeader> header = structure_at<ElfHeader>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return std::nullopt;
  constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
  if (header->e_ident[EI_CLASS] != kClass) return std::nullopt;

  const std::uint64_t segments_end = table_end<SegmentHeader>(
      file, header->e_phoff, header->e_phnum,
      [](const SegmentHeader& segment) { return segment.p_offset + segment.p_filesz; });
  const std::uint64_t sections_end = table_end<SectionHeader>(
      file, header->e_shoff, header->e_shnum, [](const SectionHeader& section) {
        return section.sh_type == SHT_NOBITS ? 0 : section.sh_offset + section.sh_size;
      });
  return std::max({std::uint64_t{sizeof(ElfHeader)}, segments_end, sections_end});
}

}  // namespace

std::optional<AppendedArchive> AppendedArchive::find(const base::Path& executable) {
  base::MappedFile file(executable);
  const std::optional<std::uint64_t> end = elf_end(file.bytes());
  if (!end || *end >= file.bytes().size()) return std::nullopt;
  return AppendedArchive(std::move(file), static_cast<std::size_t>(*end));
}

std::optional<AppendedArchive> AppendedArchive::find_in_this_program() {
  // Without /proc, as in a bare chroot, the kernel still tells the path of the program.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): getauxval returns addresses as numbers
  const auto* const started = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  for (const char* const path : {"/proc/self/exe", started}) {
    if (path == nullptr || !base::file_status(path)) continue;
    try {
      return find(path);
    } catch (const base::FileError& error) {
      // A program may be executed by those who may not read it.
      if (error.error_number() != EACCES) throw;
    }
  }
  return std::nullopt;
}

}  // namespace ensure::bundled
