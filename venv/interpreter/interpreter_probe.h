#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/path.h"
#include "installer/base/subprocess.h"
#include "venv/interpreter/interpreter.h"

namespace ensure::venv {

/// What `python -VV` says: "Python 3.14.0rc1 free-threading build (main, …) [GCC 12.2.0]".
struct VersionAnswer {
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;
  std::string text;  ///< "3.14.0rc1"
  bool free_threaded = false;
  bool is_cpython = false;

  [[nodiscard]] bool operator==(const VersionAnswer&) const = default;

  /// None where `output` is not of that form; lines around it do no harm.
  [[nodiscard]] static std::optional<VersionAnswer> try_parse(std::string_view output);
};

/// The question for the version alone (`-VV`), which an interpreter answers before it starts up.
/// Other work can go on while it does.
class VersionQuestion {
 public:
  /// Starts the interpreter. Throws `base::Error` with `kInterpreter` where that cannot be done.
  explicit VersionQuestion(base::Path executable);

  /// Waits for the answer, which is given once. Throws `base::Error` with `kInterpreter` where
  /// there is none.
  [[nodiscard]] VersionAnswer answer();

 private:
  base::Path executable_;
  base::Process process_;
};

/// Runs `script` in the Python at `executable`, isolated from the user's settings and without
/// `site`, and returns the "name=value" entries that it wrote as `probe.py` describes.
/// Throws `base::Error` with `kInterpreter` where it does not run, or is no Python 3.
[[nodiscard]] std::vector<std::string> run_script(const base::Path& executable,
                                                  std::string_view script,
                                                  const std::vector<std::string>& arguments = {});

/// The value of the entry `name`; empty where there is none.
[[nodiscard]] std::string entry_value(const std::vector<std::string>& entries,
                                      std::string_view name);

/// Asks the Python at `executable` for everything.
[[nodiscard]] Interpreter probe(const base::Path& executable);

/// What uname(2) calls this machine: "x86_64".
[[nodiscard]] std::string machine_here();

}  // namespace ensure::venv
