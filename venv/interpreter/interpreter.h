#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"

namespace ensure::venv {

/// A Python that environments and packages can be made for. Each value is what this Python says
/// of itself (named in brackets), however it became known.
struct Interpreter {
  base::Path executable;       ///< absolute, links kept (`sys._base_executable`)
  base::Path real_executable;  ///< the same with all links resolved
  std::string version;         ///< "3.14.0" (`'.'.join(map(str, sys.version_info[:3]))`)
  std::string version_text;    ///< with the mark of a pre-release: "3.14.0rc1"
  std::uint32_t major = 3;
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;
  std::string implementation;  ///< "cpython", "pypy" (`sys.implementation.name`)
  /// Of PyPy its own, such as "7.3.15"; empty where it is `version_text` (CPython) or not known.
  std::string implementation_version;
  std::string cache_tag;           ///< "cpython-312" (`sys.implementation.cache_tag`)
  std::string abiflags;            ///< "", "t", "d" (`sys.abiflags`)
  base::Path base_prefix;          ///< (`sys.base_prefix`)
  base::Path base_exec_prefix;     ///< (`sys.base_exec_prefix`)
  std::string platlibdir = "lib";  ///< "lib", "lib64" (`sys.platlibdir`; "lib" before 3.9)
  std::string library_name;        ///< the folder below it: "python3.12", "python3.13t", "pypy3.9"
  bool is_64bit = true;            ///< (`sys.maxsize > 2**32`)
  std::string platform;            ///< "linux-x86_64" (`sysconfig.get_platform()`)
  std::string system = "linux";    ///< "linux", "darwin", "win32" (`sys.platform`)
  std::string machine;             ///< what it is compiled for: "x86_64", "aarch64"
  bool free_threaded = false;      ///< without the global lock (PEP 703)
  bool runs_here = true;           ///< false where it is known from its files alone

  [[nodiscard]] bool windows() const { return system == "win32"; }

  /// The folder of the standard library (`sysconfig.get_path("stdlib")`).
  [[nodiscard]] base::Path standard_library() const {
    const base::Path path = windows() ? "Lib" : base::Path(platlibdir) / library_name;
    return (base_prefix / path).lexically_normal();
  }
};

/// The oldest minor version of Python 3 that is supported.
inline constexpr std::uint32_t kOldestMinor = 8;

/// Describes the Python at `path`, which may be relative, a link or a wrapper. Where it belongs to
/// an environment, the Python that the environment was made from is described.
///
/// What it says of itself is known by asking it, or, where that is as certain, by reading its
/// files:
/// - A CPython of 3.11 or newer, installed in the usual way, is not asked where its files show that
///   it starts here (`venv/interpreter/linked_program`) and which version it is
///   (`venv/interpreter/version_in_program`).
/// - Another CPython installed in the usual way is asked for its version only (`-VV` ends before
/// the
///   interpreter starts up: 1.5 ms, not 7).
/// - Any other Python is asked for all.
/// One process is started at the most, and none is left behind.
///
/// Throws `base::Error` with `kInterpreter` where this is no Python that runs here and is new
/// enough.
[[nodiscard]] Interpreter inspect(const base::Path& path);

/// A Python that its files describe, version and all. Where they are not as certain as an answer,
/// it is being asked meanwhile whether it starts and says the same.
class ExpectedInterpreter {
 public:
  /// Reads the files of the Python at `path`, and starts it where they leave a doubt. None where
  /// they do not tell enough, or where there is something that `inspect` may refuse.
  [[nodiscard]] static std::optional<ExpectedInterpreter> expect(const base::Path& path);

  ~ExpectedInterpreter();
  ExpectedInterpreter(ExpectedInterpreter&&) noexcept;
  ExpectedInterpreter& operator=(ExpectedInterpreter&&) noexcept;

  [[nodiscard]] const Interpreter& interpreter() const { return interpreter_; }

  /// Waits for the answer if a question was asked, and says whether it is the one expected. Where
  /// it is not, or there is none, `inspect` finds out more.
  [[nodiscard]] bool confirm();

 private:
  struct Question;

  ExpectedInterpreter(Interpreter interpreter, std::unique_ptr<Question> question);

  Interpreter interpreter_;
  std::unique_ptr<Question> question_;  ///< null where nothing is in doubt
};

/// What `inspect` would say of the Python at `path` if it still has the version `version`, from its
/// files alone; no process is started. None where they do not tell enough, or tell of another
/// minor version.
[[nodiscard]] std::optional<Interpreter> recall(const base::Path& path, std::string_view version);

}  // namespace ensure::venv
