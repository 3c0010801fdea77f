#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundled/pack/packed_wheel.h"
#include "installer/base/path.h"
#include "installer/specs/versions/version.h"

namespace ensure::bundled {

/// A Python of the build machine that can compile bytecode.
struct BuildPython {
  base::Path executable;
  specs::Version version;
  std::string cache_tag;
};

/// Compiles the modules of wheels with Pythons of the build machine. Their environment variables
/// and site-packages do not matter, so that every build has the same bytes.
class BytecodeCompiler {
 public:
  /// `script` is compile_bytecode.py. `work_directory` is created, and its content is replaced.
  BytecodeCompiler(base::Path script, base::Path work_directory)
      : script_(std::move(script)), work_directory_(std::move(work_directory)) {}

  /// The Pythons to compile with: for each cache tag the newest of `executables`.
  /// Ignores programs that do not run, are not CPython 3.8 or newer, or are not final releases,
  /// whose bytecode may still change.
  [[nodiscard]] std::vector<BuildPython> choose(const std::vector<base::Path>& executables) const;

  /// The bytecode of all modules of the wheel file that `python` can compile.
  [[nodiscard]] PackedBytecode compile(const BuildPython& python, const base::Path& wheel) const;

 private:
  [[nodiscard]] std::optional<BuildPython> describe(const base::Path& executable) const;

  base::Path script_;
  base::Path work_directory_;
};

}  // namespace ensure::bundled
