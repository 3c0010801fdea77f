#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::base {

/// The exit codes of the program. Scripts rely on the numbers; docs/usage.md lists them.
enum class ExitCode : int {
  kSuccess = 0,
  kFailure = 1,
  kUsage = 2,
  kInterpreter = 3,
  kNoSolution = 4,
  kNetwork = 5,
  kRefused = 6,
  kVerification = 7,
  kFileSystem = 8,
  kLocked = 9,
  kWouldChange = 10,
  kInterrupted = 130,
  kTerminated = 143,
};

/// The one exception of the program: the job ends, and this says why, where and what to do.
///
/// The message is one sentence without a final full stop, with names and paths in backticks.
/// Contexts say what was being done, innermost first; hints say what the user can do. All of it
/// is rendered once, in `bootstrap/report/report`, which escapes control characters and shortens
/// long lines: a message may contain any text unchanged.
class Error : public std::exception {
 public:
  Error(ExitCode exit_code, std::string message);
  /// Several mistakes, one for each line. A line end inside of an element does not start a new
  /// line.
  Error(ExitCode exit_code, std::vector<std::string> lines);

  [[nodiscard]] ExitCode exit_code() const { return exit_code_; }
  /// All lines, joined by line ends.
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }
  [[nodiscard]] const std::vector<std::string>& contexts() const { return contexts_; }
  [[nodiscard]] const std::vector<std::string>& hints() const { return hints_; }

  /// The command that the last hint ends with; empty where it ends with none.
  [[nodiscard]] const std::string& command() const { return command_; }

  /// Adds what was being done, such as "while installing `flask`"; a layer adds at most one.
  Error& add_context(std::string context);
  Error& add_hint(std::string hint);

  /// For `throw Error(...).with_hint(...)`.
  [[nodiscard]] Error with_hint(std::string hint) &&;
  /// Ends the last hint with a command for the user to copy. Messages shorten other text, but show
  /// a command whole.
  [[nodiscard]] Error with_command(std::string command) &&;
  [[nodiscard]] Error with_context(std::string context) &&;

  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  ExitCode exit_code_;
  std::vector<std::string> lines_;
  std::string message_;
  std::vector<std::string> contexts_;
  std::vector<std::string> hints_;
  std::string command_;
};

/// Why a call to the file system failed, for callers that recover from some failures.
enum class FileFailure : std::uint8_t {
  kExists,
  kMissing,
  kNotDirectory,  ///< a component of the path is a file
  kLink,          ///< a component is a link, which is not followed, or links lead in a circle
  kDenied,
  kInUse,
  kOtherVolume,  ///< the file system cannot rename or link from there to here
  kNotEmpty,
  kFull,
  kNotProgram,  ///< no program that this machine can execute
  kOther,
};

/// A failed call to the file system: "cannot ACTION `PATH`: REASON", exit code 8.
class FileError : public Error {
 public:
  /// `action` is a verb phrase such as "create the directory".
  FileError(std::string_view action, std::string_view path, FileFailure failure);
  /// `error_number` is an `errno` value.
  FileError(std::string_view action, std::string_view path, int error_number);

  /// For a failure that needs another message than the system's text for `error_number`.
  FileError(int error_number, std::string message, std::string hint);

  [[nodiscard]] int error_number() const { return error_number_; }
  [[nodiscard]] FileFailure failure() const;
  /// The system's own text for the failure, such as "Permission denied".
  [[nodiscard]] std::string reason() const;

 private:
  int error_number_;
};

/// Text that is not in the form its standard prescribes. What it means for the job is for the
/// caller to say: on a command line it is `kUsage`, inside an archive `kVerification`.
class ParseError : public Error {
 public:
  /// `offset` and `length` are the bytes of `source` that are wrong.
  ParseError(std::string message, std::string source, std::size_t offset, std::size_t length = 1,
             ExitCode exit_code = ExitCode::kUsage);

  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t length() const { return length_; }

 private:
  std::string source_;
  std::size_t offset_;
  std::size_t length_;
};

}  // namespace ensure::base
