#include "venv/root/target_root.h"

#include <cerrno>
#include <deque>
#include <system_error>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

constexpr int kMostLinks = 40;  // the limit of the kernel

/// Puts the components of `path` in front of those that are still to be walked.
void push_components(std::deque<fs::path>& rest, const fs::path& path) {
  std::deque<fs::path> components;
  for (const fs::path& component : path.relative_path()) {
    if (!component.empty() && component != ".") components.push_back(component);
  }
  rest.insert(rest.begin(), components.begin(), components.end());
}

std::optional<base::FileStatus> status_of(const fs::path& path) {
  try {
    return base::link_status(path);
  } catch (const base::FileError&) {
    return std::nullopt;  // a directory that may not be entered
  }
}

}  // namespace

TargetRoot::TargetRoot(fs::path directory) : directory_(std::move(directory)) {}

std::optional<fs::path> TargetRoot::resolve(const fs::path& path) const {
  std::deque<fs::path> rest;
  push_components(rest, path);
  fs::path resolved = "/";
  int links = 0;
  while (!rest.empty()) {
    const fs::path component = std::move(rest.front());
    rest.pop_front();
    if (component == "..") {
      resolved = resolved.parent_path();  // that of "/" is "/"
      continue;
    }
    const fs::path next = resolved / component;
    const std::optional<base::FileStatus> status = status_of(on_this_system(next));
    if (!status) return std::nullopt;
    if (status->type != base::FileType::kLink) {
      resolved = next;
      continue;
    }
    std::error_code failure;
    const fs::path target = fs::read_symlink(on_this_system(next), failure);
    if (failure || ++links > kMostLinks) return std::nullopt;
    if (target.is_absolute()) resolved = "/";
    push_components(rest, target);
  }
  return resolved;
}

std::optional<fs::path> TargetRoot::resolve_directory_of(const fs::path& path) const {
  const std::optional<fs::path> directory = resolve(path.parent_path());
  return directory ? std::optional(*directory / path.filename()) : std::nullopt;
}

std::optional<fs::path> TargetRoot::find_file(const fs::path& path) const {
  const std::optional<fs::path> resolved = resolve(path);
  if (!resolved) return std::nullopt;
  fs::path result = on_this_system(*resolved);
  return is_file(result) ? std::optional(std::move(result)) : std::nullopt;
}

bool TargetRoot::has_directory(const fs::path& path) const {
  const std::optional<fs::path> resolved = resolve(path);
  return resolved && directory_exists(on_this_system(*resolved));
}

std::optional<std::string> TargetRoot::read(const fs::path& path) const {
  const std::optional<fs::path> file = find_file(path);
  return file ? read_if_readable(*file) : std::nullopt;
}

std::vector<std::string> TargetRoot::list(const fs::path& path) const {
  const std::optional<fs::path> resolved = resolve(path);
  if (!resolved || !directory_exists(on_this_system(*resolved))) return {};
  return base::list_directory(on_this_system(*resolved));
}

fs::path TargetRoot::on_this_system(const fs::path& resolved) const {
  return directory_ / resolved.relative_path();
}

}  // namespace ensure::venv
