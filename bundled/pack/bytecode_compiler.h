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

/// Has Pythons of the build machine compile the modules of wheels. Their environment variables
/// and site-packages do not matter, so that every build gives the same bytes.
class BytecodeCompiler {
 public:
  /// `script` is compile_bytecode.py; `work_folder` is created, and what it holds is replaced.
  BytecodeCompiler(base::Path script, base::Path work_folder)
      : script_(std::move(script)), work_folder_(std::move(work_folder)) {}

  /// The Pythons to compile with, one for each cache tag: the newest of `executables`, oldest tag
  /// first. What does not run, is no CPython 3.8 or newer, or no final release (whose bytecode
  /// may still change) is left out.
  [[nodiscard]] std::vector<BuildPython> choose(const std::vector<base::Path>& executables) const;

  /// The bytecode of all modules of the wheel file that `python` can compile.
  [[nodiscard]] PackedBytecode compile(const BuildPython& python, const base::Path& wheel) const;

 private:
  [[nodiscard]] std::optional<BuildPython> describe(const base::Path& executable) const;

  base::Path script_;
  base::Path work_folder_;
};

}  // namespace ensure::bundled
