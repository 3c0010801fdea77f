#include "installer/base/error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "installer/base/text.h"

namespace ensure::base {

Error::Error(ExitCode exit_code, std::string message)
    : exit_code_(exit_code), lines_{message}, message_(std::move(message)) {}

Error::Error(ExitCode exit_code, std::vector<std::string> lines)
    : exit_code_(exit_code), lines_(std::move(lines)), message_(join(lines_, "\n")) {}

Error& Error::add_context(std::string context) {
  contexts_.push_back(std::move(context));
  return *this;
}

Error& Error::add_hint(std::string hint) {
  hints_.push_back(std::move(hint));
  return *this;
}

Error Error::with_hint(std::string hint) && {
  add_hint(std::move(hint));
  return std::move(*this);
}

Error Error::with_command(std::string command) && {
  command_ = std::move(command);
  hints_.back() += command_;
  return std::move(*this);
}

Error Error::with_context(std::string context) && {
  add_context(std::move(context));
  return std::move(*this);
}

namespace {

std::string describe_failure(std::string_view action, std::string_view path, int error_number) {
  std::string message = "cannot ";
  message.append(action).append(" `").append(path).append("`: ");
  message += std::strerror(error_number);
  return message;
}

/// The failures and their error numbers. The text of the first number describes a failure.
constexpr std::array<std::pair<FileFailure, int>, 15> kFailures = {{
    {FileFailure::kExists, EEXIST},
    {FileFailure::kMissing, ENOENT},
    {FileFailure::kNotDirectory, ENOTDIR},
    {FileFailure::kLink, ELOOP},
    {FileFailure::kDenied, EACCES},
    {FileFailure::kDenied, EPERM},
    {FileFailure::kDenied, EROFS},
    {FileFailure::kInUse, EBUSY},
    {FileFailure::kInUse, ETXTBSY},
    {FileFailure::kOtherVolume, EXDEV},
    {FileFailure::kNotEmpty, ENOTEMPTY},
    {FileFailure::kFull, ENOSPC},
    {FileFailure::kFull, EDQUOT},
    {FileFailure::kNotProgram, ENOEXEC},
    {FileFailure::kOther, EIO},
}};

int error_number_of(FileFailure failure) {
  return std::ranges::find(kFailures, failure, &std::pair<FileFailure, int>::first)->second;
}

/// The hint for an error number.
const char* remedy(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
      return "free some space on that file system, or choose a target on another one";
    case EACCES:
    case EPERM:
      return "run as a user who has access there, or choose another path";
    case EROFS:
      return "that file system is mounted read-only; remount it, or choose another target";
    case EIO:
      return "the device reports an input/output error; check the disk, then run again";
    case ENAMETOOLONG:
      return "choose a target with a shorter path";
    case EMFILE:
    case ENFILE:
      return "too many files are open; raise the limit (`ulimit -n`), then run again";
    case ENOMEM:
      return "free some memory, then run the same command again";
    case ENOENT:
    case ENOTDIR:
      return "check the spelling of the path";
    case ELOOP:
      return "a symbolic link stands where a file or directory is expected; remove it, then run "
             "again";
    case EBUSY:
      return "something may be mounted there; unmount it, then run the same command again";
    case EFBIG:
      return "a limit on the size of files is set (`ulimit -f`); raise it, then run again";
    default:
      return "look at what is there, then run the same command again";
  }
}

}  // namespace

FileError::FileError(std::string_view action, std::string_view path, FileFailure failure)
    : FileError(action, path, error_number_of(failure)) {}

FileError::FileError(std::string_view action, std::string_view path, int error_number)
    : Error(ExitCode::kFileSystem, describe_failure(action, path, error_number)),
      error_number_(error_number) {
  add_hint(remedy(error_number));
}

FileError::FileError(int error_number, std::string message, std::string hint)
    : Error(ExitCode::kFileSystem, std::move(message)), error_number_(error_number) {
  add_hint(std::move(hint));
}

FileFailure FileError::failure() const {
  const auto* const found =
      std::ranges::find(kFailures, error_number_, &std::pair<FileFailure, int>::second);
  return found == kFailures.end() ? FileFailure::kOther : found->first;
}

std::string FileError::reason() const { return std::strerror(error_number_); }

ParseError::ParseError(std::string message, std::string source, std::size_t offset,
                       std::size_t length, ExitCode exit_code)
    : Error(exit_code, std::move(message)),
      source_(std::move(source)),
      offset_(offset),
      length_(length) {}

}  // namespace ensure::base
