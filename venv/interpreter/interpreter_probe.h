#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/path.h"
#include "installer/base/subprocess.h"
#include "venv/interpreter/interpreter.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

/// The answer of `python -VV`: "Python 3.14.0rc1 free-threading build (main, …) [GCC 12.2.0]".
struct VersionAnswer {
  ReleaseVersion version;
  bool free_threaded = false;
  bool is_cpython = false;

  /// Ignores lines before and after the answer. Returns nullopt if there is no answer.
  [[nodiscard]] static std::optional<VersionAnswer> try_parse(std::string_view output);
};

/// Asks an interpreter for its version (`-VV`), which it answers before it starts up. It runs while
/// other work goes on.
class VersionQuestion {
 public:
  /// Starts the interpreter. Throws `base::Error` (`kInterpreter`) if that is not possible.
  explicit VersionQuestion(base::Path executable);

  /// Waits for the answer; may be called once. Returns nullopt if it cannot be understood. Throws
  /// `base::Error` (`kInterpreter`) if the interpreter fails.
  [[nodiscard]] std::optional<VersionAnswer> answer();

 private:
  base::Path executable_;
  base::Process process_;
};

/// The "name=value" entries that a script writes in the form of `probe.py`.
using ScriptAnswers = std::map<std::string, std::string, std::less<>>;

/// Runs `script` in the Python at `executable`, isolated from the user's settings and without
/// `site`. Throws `base::Error` (`kInterpreter`) if it does not run or is not Python 3.
[[nodiscard]] ScriptAnswers run_script(const base::Path& executable, std::string_view script,
                                       const std::vector<std::string>& arguments = {});

/// Describes the Python at `executable` by what it says about itself. Throws `base::Error`
/// (`kInterpreter`) if it is not a Python, or not supported.
[[nodiscard]] Interpreter probe(const base::Path& executable);

/// An error (`kInterpreter`): "`path` `reason`".
[[nodiscard]] base::Error unusable(const base::Path& path, std::string_view reason);

}  // namespace ensure::venv
