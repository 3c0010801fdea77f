#pragma once

#include <optional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "venv/discovery/python_request.h"
#include "venv/discovery/surroundings.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

struct FoundInterpreter {
  Interpreter interpreter;
  std::string source;  ///< "--python", "PATH", "pyenv", "asdf", "mise", "usual folder"
  /// The environment in which it was found and whose base `interpreter` is.
  std::optional<base::Path> environment = std::nullopt;
};

struct InterpreterList {
  std::vector<FoundInterpreter> found;
  std::vector<base::Error> rejected;  ///< why others, which look like Pythons, are left out
};

/// The interpreter that `request` asks for: the path it names, or else the first one on PATH that
/// fits, shims of version managers resolved without running them, then what those managers have
/// installed, then the usual folders. Only what may fit by its name is run: one process as a rule.
///
/// Throws `base::Error` with `kInterpreter` where there is none; it says where was looked and what
/// is there instead.
[[nodiscard]] FoundInterpreter find_interpreter(const PythonRequest& request,
                                                const Surroundings& surroundings);

/// The same where that is the first one that comes into question and its files describe it: it is
/// being asked while other work goes on. Else none.
[[nodiscard]] std::optional<ExpectedInterpreter> expect_interpreter(
    const PythonRequest& request, const Surroundings& surroundings);

/// All interpreters that would be found, each once, however many names and links lead to it.
[[nodiscard]] InterpreterList list_interpreters(const Surroundings& surroundings);

}  // namespace ensure::venv
