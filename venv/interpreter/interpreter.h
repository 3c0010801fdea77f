#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "installer/base/path.h"
#include "venv/interpreter/python_name.h"

namespace ensure::venv {

/// A Python that environments and packages are made for. The expressions in brackets are the
/// values in the Python itself.
struct Interpreter {
  base::Path executable;       ///< absolute, links kept (`sys._base_executable`)
  base::Path real_executable;  ///< the same with all links resolved
  std::string version;         ///< "3.14.0" (`'.'.join(map(str, sys.version_info[:3]))`)
  std::string version_text;    ///< with the mark of a pre-release: "3.14.0rc1"
  std::uint32_t major = 3;
  std::uint32_t minor = 0;
  std::uint32_t micro = 0;
  std::string implementation;  ///< "cpython", "pypy" (`sys.implementation.name`)
  /// The version of PyPy itself, such as "7.3.15"; empty for CPython and if it is unknown.
  std::string implementation_version;
  std::string cache_tag;           ///< "cpython-312" (`sys.implementation.cache_tag`)
  std::string abiflags;            ///< "", "t", "d" (`sys.abiflags`)
  base::Path base_prefix;          ///< (`sys.base_prefix`)
  std::string platlibdir = "lib";  ///< "lib", "lib64" (`sys.platlibdir`; "lib" before 3.9)
  std::string library_name;        ///< the directory below it: "python3.12", "python3.13t"
  bool is_64bit = true;            ///< (`sys.maxsize > 2**32`)
  std::string platform;            ///< "linux-x86_64" (`sysconfig.get_platform()`)
  std::string system = "linux";    ///< "linux", "darwin", "win32" (`sys.platform`)
  std::string machine;             ///< the machine it is compiled for: "x86_64", "aarch64"
  bool free_threaded = false;      ///< without the global interpreter lock (PEP 703)
  bool runs_here = true;           ///< false if it is known from its files alone

  [[nodiscard]] bool windows() const { return system == "win32"; }
  [[nodiscard]] bool pypy() const { return implementation == "pypy"; }

  /// The directory of the standard library (`sysconfig.get_path("stdlib")`).
  [[nodiscard]] base::Path standard_library() const;

  void set_version(const ReleaseVersion& release);

  /// Sets the version and all names that follow from it.
  void set_build(const ReleaseVersion& release, bool without_lock, bool debug = false);
};

/// The oldest minor version of Python 3 that is supported.
inline constexpr std::uint32_t kOldestMinor = 8;

/// Describes the Python at `path`, which may be relative, a link or a wrapper. In an environment,
/// the Python that the environment was made from is described.
///
/// A CPython in the usual layout is described from its files and asked for its version only (`-VV`
/// ends before the interpreter starts up). Any other Python is asked for everything.
///
/// Throws `base::Error` (`kInterpreter`) if it is not a Python, does not run here or is too old.
[[nodiscard]] Interpreter inspect(const base::Path& path);

class VersionQuestion;

/// An interpreter that is described from its files alone, while it is being asked for its version.
class ExpectedInterpreter {
 public:
  /// Reads the files of the Python at `path` and starts it. Returns nullopt if it is not a CPython
  /// in the usual layout or if `inspect` may refuse it.
  [[nodiscard]] static std::optional<ExpectedInterpreter> expect(const base::Path& path);

  [[nodiscard]] const Interpreter& interpreter() const { return interpreter_; }

  /// Waits for the answer. Returns whether it is the expected one; if not, `inspect` finds out
  /// more.
  [[nodiscard]] bool confirm();

 private:
  ExpectedInterpreter(Interpreter interpreter, std::shared_ptr<VersionQuestion> question);

  Interpreter interpreter_;
  std::shared_ptr<VersionQuestion> question_;
};

/// Describes the CPython at `path` from its files, on the assumption that it still has the version
/// `version`; no process is started. Returns nullopt if it is not in the usual layout or its files
/// belong to another minor version.
[[nodiscard]] std::optional<Interpreter> recall(const base::Path& path, std::string_view version);

/// Describes the CPython around `executable`, an absolute path, from its files, as CPython's
/// Modules/getpath.py would; its version is the first of its minor version. Returns nullopt if
/// anything is unusual (a wrapper, a build directory, a zipped or compiled library, an odd name, a
/// debug build, two libraries, an old version), so that the interpreter must be asked.
[[nodiscard]] std::optional<Interpreter> read_regular_layout(const base::Path& executable);

/// The environment that `executable` belongs to (PEP 405).
[[nodiscard]] std::optional<base::Path> environment_of(const base::Path& executable);

/// The executable of the Python that an environment was made from if `executable` (an absolute
/// path) belongs to one, through any number of environments; else `executable` itself. Throws
/// `base::Error` (`kInterpreter`) if that base no longer exists.
[[nodiscard]] base::Path base_executable(const base::Path& executable);

}  // namespace ensure::venv
