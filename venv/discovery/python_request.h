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

/// Which interpreter is wanted (`--python SPEC`). What is not set matches anything, so a request
/// by default is content with any Python that is supported.
///
///     3.12  3.12.1  3  3.13t          a version; "t" is the free-threaded build (PEP 703)
///     python3.12  pypy3.9  pypy@3.9   an implementation, with or without a version
///     >=3.10,<3.13                    a range (PEP 440), also behind an implementation
///     /usr/bin/python3  ./env  ..     a path of an executable, an environment or an installation
///     my-python                       the name of a program on PATH
struct PythonRequest {
  std::string text;  ///< as it was written; empty where nothing was asked for
  std::optional<base::Path> path;
  std::optional<std::string> program;
  std::optional<std::string> implementation;  ///< "cpython", "pypy"
  std::optional<std::uint32_t> major;
  std::optional<std::uint32_t> minor;
  std::optional<std::uint32_t> micro;
  std::optional<bool> free_threaded;  ///< a named version without "t" means the usual build
  std::optional<specs::SpecifierSet> range;

  /// Reads a SPEC. Throws `base::Error` with `kUsage` where a range is not well-formed, or the
  /// SPEC is empty or has a NUL.
  [[nodiscard]] static PythonRequest parse(std::string_view text);

  /// Whether an executable of this name can be what is wanted, before anything is run.
  [[nodiscard]] bool may_accept(const PythonName& name) const;

  [[nodiscard]] bool accepts(const Interpreter& interpreter) const;

  /// For messages: "`3.12`", or "a supported Python" where nothing was asked for.
  [[nodiscard]] std::string description() const;
};

}  // namespace ensure::venv
