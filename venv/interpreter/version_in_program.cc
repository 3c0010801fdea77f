#include "venv/interpreter/version_in_program.h"

#include <cstring>

namespace ensure::venv {

namespace {

/// `const unsigned long Py_Version`, since 3.11.
std::optional<std::uint32_t> read_version_number(const ElfObject& python) {
  const std::optional<ElfSymbol> symbol = python.symbols().find(SymbolName("Py_Version"));
  std::uint64_t value = 0;
  if (!symbol || symbol->size != sizeof(value)) return std::nullopt;
  const std::string_view content = python.content(symbol->address, symbol->size);
  if (content.size() != sizeof(value)) return std::nullopt;
  std::memcpy(&value, content.data(), sizeof(value));
  if (value > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

}  // namespace

std::optional<std::string> version_text(std::uint32_t number) {
  std::string text = std::to_string(number >> 24U) + '.' + std::to_string(number >> 16U & 0xFFU) +
                     '.' + std::to_string(number >> 8U & 0xFFU);
  const std::uint32_t serial = number & 0xFU;
  switch (number >> 4U & 0xFU) {
    case 0xA:
      return text + "a" + std::to_string(serial);
    case 0xB:
      return text + "b" + std::to_string(serial);
    case 0xC:
      return text + "rc" + std::to_string(serial);
    case 0xF:
      return serial == 0 ? std::optional(text) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<VersionAnswer> version_in_program(const LinkedProgram& program) {
  // What the executable's `main` calls.
  const ElfObject* python = program.definer_of("Py_BytesMain");
  const std::optional<std::uint32_t> number =
      python == nullptr ? std::nullopt : read_version_number(*python);
  const std::optional<std::string> text = number ? version_text(*number) : std::nullopt;
  if (!text) return std::nullopt;
  // Where there is a global lock, reference counts need no function to be merged (PEP 703).
  const bool free_threaded =
      python->symbols().find(SymbolName("_Py_MergeZeroLocalRefcount")).has_value();
  return VersionAnswer{.major = *number >> 24U,
                       .minor = *number >> 16U & 0xFFU,
                       .micro = *number >> 8U & 0xFFU,
                       .text = *text,
                       .free_threaded = free_threaded,
                       .is_cpython = true};
}

}  // namespace ensure::venv
