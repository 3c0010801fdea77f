#include "venv/interpreter/file_queries.h"

#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::venv {

namespace {

std::optional<base::FileStatus> status_of(const base::Path& path) try {
  return base::file_status(path);
} catch (const base::FileError&) {
  return std::nullopt;  // a directory on the way may not be entered
}

}  // namespace

bool is_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->type == base::FileType::kRegular;
}

bool directory_exists(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->type == base::FileType::kDirectory;
}

bool is_executable_file(const base::Path& path) {
  const std::optional<base::FileStatus> status = status_of(path);
  return status && status->is_executable_file();
}

bool is_same_file(const base::Path& left, const base::Path& right) {
  const std::optional<base::FileStatus> left_status = status_of(left);
  const std::optional<base::FileStatus> right_status = status_of(right);
  return left_status && right_status && left_status->same_file(*right_status);
}

std::optional<std::string> read_if_readable(const base::Path& path) try {
  return is_file(path) ? base::read_file_if_exists(path) : std::nullopt;
} catch (const base::FileError&) {
  return std::nullopt;
}

}  // namespace ensure::venv
