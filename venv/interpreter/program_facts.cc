#include "venv/interpreter/program_facts.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::venv {

namespace {

constexpr std::string_view kMagic = "\177ELF";
constexpr std::size_t kClassOffset = 4;
constexpr std::size_t kByteOrderOffset = 5;
constexpr std::size_t kMachineOffset = 18;
constexpr std::uint64_t kProgramHeaderLoader = 3;  // PT_INTERP

struct Machine {
  std::uint64_t number;  // e_machine
  std::string_view name;
};

constexpr std::array<Machine, 11> kMachines{{{.number = 3, .name = "i686"},
                                             {.number = 8, .name = "mips"},
                                             {.number = 20, .name = "ppc"},
                                             {.number = 21, .name = "ppc64le"},
                                             {.number = 22, .name = "s390x"},
                                             {.number = 40, .name = "armv7l"},
                                             {.number = 62, .name = "x86_64"},
                                             {.number = 183, .name = "aarch64"},
                                             {.number = 243, .name = "riscv64"},
                                             {.number = 258, .name = "loongarch64"},
                                             {.number = 43, .name = "sparc64"}}};

/// Numbers of a file in its own byte order; one beyond the end is 0.
class ElfReader {
 public:
  explicit ElfReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool is_elf() const { return bytes_.starts_with(kMagic) && bytes_.size() >= 52; }
  [[nodiscard]] bool is_64bit() const { return bytes_[kClassOffset] == 2; }

  [[nodiscard]] std::uint64_t number(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return 0;
    const bool big_endian = bytes_[kByteOrderOffset] == 2;
    std::uint64_t value = 0;
    for (std::uint64_t index = 0; index < size; ++index) {
      const std::uint64_t at = big_endian ? index : size - 1 - index;
      value = (value << 8U) | static_cast<unsigned char>(bytes_[offset + at]);
    }
    return value;
  }

  [[nodiscard]] std::string_view text(std::uint64_t offset, std::uint64_t size) const {
    if (offset > bytes_.size() || size > bytes_.size() - offset) return {};
    return bytes_.substr(offset, size);
  }

 private:
  std::string_view bytes_;
};

std::string machine_name(std::uint64_t number, bool is_64bit) {
  for (const Machine& machine : kMachines) {
    if (machine.number == number) {
      return machine.name == "riscv64" && !is_64bit ? "riscv32" : std::string(machine.name);
    }
  }
  return "machine-" + std::to_string(number);
}

}  // namespace

std::optional<ElfHeader> parse_elf_header(std::string_view bytes) {
  const ElfReader reader(bytes);
  if (!reader.is_elf()) return std::nullopt;
  return ElfHeader{.machine = machine_name(reader.number(kMachineOffset, 2), reader.is_64bit()),
                   .is_64bit = reader.is_64bit()};
}

std::optional<ElfHeader> read_elf_header(const base::Path& path) {
  std::array<char, 64> start{};
  const base::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return std::nullopt;
  const ssize_t count = ::read(file.get(), start.data(), start.size());
  if (count <= 0) return std::nullopt;
  return parse_elf_header({start.data(), static_cast<std::size_t>(count)});
}

std::optional<std::string> elf_loader(std::string_view bytes) {
  const ElfReader reader(bytes);
  if (!reader.is_elf()) return std::nullopt;
  const bool wide = reader.is_64bit();
  const std::uint64_t table = wide ? reader.number(32, 8) : reader.number(28, 4);
  const std::uint64_t entry_size = reader.number(wide ? 54 : 42, 2);
  const std::uint64_t entries = reader.number(wide ? 56 : 44, 2);
  for (std::uint64_t index = 0; index < entries; ++index) {
    const std::uint64_t entry = table + index * entry_size;
    if (reader.number(entry, 4) != kProgramHeaderLoader) continue;
    const std::uint64_t offset = wide ? reader.number(entry + 8, 8) : reader.number(entry + 4, 4);
    const std::uint64_t size = wide ? reader.number(entry + 32, 8) : reader.number(entry + 16, 4);
    const std::string_view loader = reader.text(offset, size);
    return std::string(loader.substr(0, loader.find('\0')));
  }
  return std::nullopt;
}

}  // namespace ensure::venv
