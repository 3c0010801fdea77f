#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::venv {

/// The numbers of a release: "3.12.1".
struct ReleaseNumber {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;

  /// None where `text` is not three numbers between dots.
  [[nodiscard]] static std::optional<ReleaseNumber> try_parse(std::string_view text);
};

/// What the name of an executable promises: "python", "python3.12", "python3.13t", "pypy3.9".
struct PythonName {
  std::string implementation;  ///< the letters in front: "python", "cpython", "pypy", "graalpy"
  std::optional<std::uint32_t> major;
  std::optional<std::uint32_t> minor;
  std::optional<std::uint32_t> micro;
  bool free_threaded = false;
  bool debug = false;

  /// None where `name` is not the name of an interpreter ("python3-config", "pythonw3.exe.old").
  [[nodiscard]] static std::optional<PythonName> try_parse(std::string_view name);
};

}  // namespace ensure::venv
