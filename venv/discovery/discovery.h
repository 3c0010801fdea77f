#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/discovery/version_manager.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

struct FoundInterpreter {
  Interpreter interpreter;
  std::string source;  ///< "--python", "PATH", "pyenv", "asdf", "mise", "usual directory"
  /// The environment that it was found in; `interpreter` is its base.
  std::optional<base::Path> environment = std::nullopt;
};

struct InterpreterList {
  std::vector<FoundInterpreter> found;
  std::vector<base::Error> rejected;  ///< why candidates that look like Pythons are left out
};

/// Finds the interpreter for `request`: the one at the path that it names, or else the first match
/// on PATH (shims of version managers are resolved without running them), among the installations
/// of those managers, and in the usual directories. Candidates are judged by their names before
/// they are run, so that one process is usually enough.
///
/// Throws `base::Error` (`kInterpreter`) if there is none. The error lists the searched directories
/// and the interpreters that exist.
[[nodiscard]] FoundInterpreter find_interpreter(const PythonRequest& request,
                                                const Surroundings& surroundings);

/// Like `find_interpreter`, but returns at once if the first candidate can be described from its
/// files, and verifies it in the background. Returns nullopt otherwise.
[[nodiscard]] std::optional<ExpectedInterpreter> expect_interpreter(
    const PythonRequest& request, const Surroundings& surroundings);

/// All interpreters that can be found; each appears once, however many names and links it has.
[[nodiscard]] InterpreterList list_interpreters(const Surroundings& surroundings);

}  // namespace ensure::venv
