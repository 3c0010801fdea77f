#include "venv/interpreter/file_queries.h"

#include <array>
#include <cstdint>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::venv {

namespace {

std::optional<base::FileStatus> status_of(const base::Path& path) try {
  return base::file_status(path);
} catch (const base::FileError&) {
  return std::nullopt;  // a directory on the way may not be entered
}

/// Numbers of an ELF file in its own byte order; those beyond its end are 0.
class ElfReader {
 public:
  explicit ElfReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_elf() const {
    return bytes_.starts_with("\177ELF") && bytes_.size() >= 52;  // a header of 32 bits
  }
  [[nodiscard]] bool is_64bit() const { return bytes_[4] == 2; }

  [[nodiscard]] std::uint64_t number(std::uint64_t offset, std::uint64_t size) const {
    const std::string_view digits = part(offset, size);
    const bool big_endian = bytes_[5] == 2;
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < digits.size(); ++index) {
      const std::size_t at = big_endian ? index : digits.size() - 1 - index;
      value = (value << 8U) | static_cast<unsigned char>(digits[at]);
    }
    return value;
  }

  [[nodiscard]] std::string_view part(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return {};
    return bytes_.substr(offset, size);
  }

 private:
  std::string_view bytes_;
};

std::string machine_name(std::uint64_t number, bool is_64bit) {
  constexpr std::array<std::pair<std::uint64_t, const char*>, 11> kMachines{{{3, "i686"},
                                                                             {8, "mips"},
                                                                             {20, "ppc"},
                                                                             {21, "ppc64le"},
                                                                             {22, "s390x"},
                                                                             {40, "armv7l"},
                                                                             {43, "sparc64"},
                                                                             {62, "x86_64"},
                                                                             {183, "aarch64"},
                                                                             {243, "riscv64"},
                                                                             {258, "loongarch64"}}};
  for (const auto& [known, name] : kMachines) {
    if (known == number) return number == 243 && !is_64bit ? "riscv32" : name;
  }
  return "machine-" + std::to_string(number);
}

/// The content of the program header PT_INTERP.
std::optional<std::string> loader_of(const ElfReader& reader) {
  constexpr std::uint64_t kLoader = 3;
  const bool wide = reader.is_64bit();
  const std::uint64_t table = wide ? reader.number(32, 8) : reader.number(28, 4);
  const std::uint64_t entry_size = reader.number(wide ? 54 : 42, 2);
  const std::uint64_t entries = reader.number(wide ? 56 : 44, 2);
  for (std::uint64_t index = 0; index < entries; ++index) {
    const std::uint64_t entry = table + index * entry_size;
    if (reader.number(entry, 4) != kLoader) continue;
    const std::string_view loader =
        wide ? reader.part(reader.number(entry + 8, 8), reader.number(entry + 32, 8))
             : reader.part(reader.number(entry + 4, 4), reader.number(entry + 16, 4));
    return std::string(loader.substr(0, loader.find('\0')));
  }
  return std::nullopt;
}

}  // namespace

bool is_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->type == base::FileType::kRegular;
}

bool directory_exists(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->type == base::FileType::kDirectory;
}

bool is_executable_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->is_executable_file();
}

bool is_same_file(const base::Path& left, const base::Path& right) {
  const std::optional<base::FileStatus> left_status = status_of(left);
  const std::optional<base::FileStatus> right_status = status_of(right);
  return left_status && right_status && left_status->same_file(*right_status);
}

std::optional<std::string> read_if_readable(const base::Path& path) try {
  return is_file(path) ? base::read_file_if_exists(path) : std::nullopt;
} catch (const base::FileError&) {
  return std::nullopt;
}

std::optional<ProgramFacts> ProgramFacts::try_parse(std::string_view bytes) {
  const ElfReader reader(bytes);
  if (!reader.is_elf()) return std::nullopt;
  return ProgramFacts{.machine = machine_name(reader.number(18, 2), reader.is_64bit()),
                      .is_64bit = reader.is_64bit(),
                      .loader = loader_of(reader)};
}

std::optional<ProgramFacts> read_program_facts(const base::Path& path) try {
  return ProgramFacts::try_parse(base::MappedFile(path).bytes());
} catch (const base::FileError&) {
  return std::nullopt;
}

}  // namespace ensure::venv
