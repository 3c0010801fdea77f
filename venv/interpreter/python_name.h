#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ensure::venv {

/// The version of a Python: "3.12.1", "3.14.0rc1".
struct ReleaseVersion {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;
  std::string text;  ///< with the mark of a pre-release

  [[nodiscard]] bool operator==(const ReleaseVersion&) const = default;

  /// The final release 3.`minor`.`micro`.
  [[nodiscard]] static ReleaseVersion final_release(std::uint32_t minor, std::uint32_t micro = 0);

  /// The numbers alone: "3.14.0".
  [[nodiscard]] std::string numbers() const;

  /// Reads "3.12.1", "3.14.0rc1", "3.13.0a1+" (built between releases: the rest is cut off).
  /// Returns nullopt for any other text.
  [[nodiscard]] static std::optional<ReleaseVersion> try_parse(std::string_view text);
};

/// The name of an executable, split up: "python", "python3.12", "python3.13t", "pypy3.9".
struct PythonName {
  std::string implementation;  ///< the letters in front: "python", "cpython", "pypy", "graalpy"
  std::optional<std::uint32_t> major;
  std::optional<std::uint32_t> minor;
  std::optional<std::uint32_t> micro;
  bool free_threaded = false;
  bool debug = false;

  /// Returns nullopt if it is not the name of an interpreter ("python3-config").
  [[nodiscard]] static std::optional<PythonName> try_parse(std::string_view name);
};

// The full version of a CPython 3.`minor`, read from its files. These functions return nullopt if
// the file has no version, or that of another minor.

/// Reads the record of a build (PEP 739, `build-details.json`).
[[nodiscard]] std::optional<ReleaseVersion> version_in_build_details(std::string_view record,
                                                                     std::uint32_t minor);

/// Reads compiled code: the executable or libpython has "3.11.2" as a string.
[[nodiscard]] std::optional<ReleaseVersion> version_in_binary(std::string_view bytes,
                                                              std::uint32_t minor);

/// Reads the header `patchlevel.h`: `#define PY_VERSION "3.11.2"`.
[[nodiscard]] std::optional<ReleaseVersion> version_in_header(std::string_view text,
                                                              std::uint32_t minor);

}  // namespace ensure::venv
