#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"
#include "installer/specs/versions/specifiers.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

/// A request for an interpreter (`--python SPEC`). A field that is not set matches anything, so
/// that the default request matches any supported Python.
///
///     3.12  3.12.1  3  3.13t          a version; "t" is the free-threaded build (PEP 703)
///     python3.12  pypy3.9  pypy@3.9   an implementation, with or without a version
///     >=3.10,<3.13                    a range (PEP 440), also after an implementation
///     /usr/bin/python3  ./env  ..     a path of an executable, an environment or an installation
///     my-python                       the name of a program on PATH
struct PythonRequest {
  std::string text;  ///< the SPEC; empty for the default request
  std::optional<base::Path> path;
  std::optional<std::string> program;
  std::optional<std::string> implementation;  ///< "cpython", "pypy"
  std::optional<std::uint32_t> major;
  std::optional<std::uint32_t> minor;
  std::optional<std::uint32_t> micro;
  std::optional<bool> free_threaded;  ///< false if a version is named without "t"
  std::optional<specs::SpecifierSet> range;

  /// Throws `base::Error` (`kUsage`) if a range is malformed or the SPEC is empty or contains a
  /// NUL.
  [[nodiscard]] static PythonRequest parse(std::string_view text);

  /// Whether an executable of this name may match; nothing is run.
  [[nodiscard]] bool may_accept(const PythonName& name) const;

  [[nodiscard]] bool accepts(const Interpreter& interpreter) const;

  /// For messages: "`3.12`", or "a supported Python" for the default request.
  [[nodiscard]] std::string description() const;
};

}  // namespace ensure::venv
