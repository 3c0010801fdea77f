#include "venv/root/target_root.h"

#include <deque>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "venv/interpreter/file_queries.h"

namespace ensure::venv {

namespace {

constexpr int kMostLinks = 40;  // the limit of the kernel

/// Puts the components of `path` in front of those that are still to be walked.
void push_components(std::deque<base::Path>& rest, const base::Path& path) {
  std::deque<base::Path> components;
  for (const base::Path& component : path.relative_path()) {
    if (!component.empty() && component != ".") components.push_back(component);
  }
  rest.insert(rest.begin(), components.begin(), components.end());
}

}  // namespace

TargetRoot::TargetRoot(base::Path directory) : directory_(std::move(directory)) {}

std::optional<base::TargetPath> TargetRoot::resolve(const base::TargetPath& path) const try {
  std::deque<base::Path> rest;
  push_components(rest, path.text());
  base::TargetPath resolved("/");
  int links = 0;
  while (!rest.empty()) {
    const base::Path component = std::move(rest.front());
    rest.pop_front();
    if (component == "..") {
      resolved = resolved.parent_path();  // that of "/" is "/"
      continue;
    }
    const base::TargetPath next = resolved / component;
    const std::optional<base::FileStatus> status = base::link_status(on_this_system(next));
    if (!status) return std::nullopt;
    if (status->type != base::FileType::kLink) {
      resolved = next;
      continue;
    }
    const std::optional<base::Path> target = base::read_link(on_this_system(next));
    if (!target || ++links > kMostLinks) return std::nullopt;
    if (target->is_absolute()) resolved = base::TargetPath("/");
    push_components(rest, *target);
  }
  return resolved;
} catch (const base::FileError&) {
  return std::nullopt;  // a directory on the way may not be entered
}

std::optional<base::TargetPath> TargetRoot::resolve_directory_of(
    const base::TargetPath& path) const {
  const std::optional<base::TargetPath> directory = resolve(path.parent_path());
  return directory ? std::optional(*directory / path.filename()) : std::nullopt;
}

std::optional<base::Path> TargetRoot::find_file(const base::TargetPath& path) const {
  const std::optional<base::TargetPath> resolved = resolve(path);
  if (!resolved) return std::nullopt;
  base::Path result = on_this_system(*resolved);
  return is_file(result) ? std::optional(std::move(result)) : std::nullopt;
}

std::optional<std::string> TargetRoot::read(const base::TargetPath& path) const {
  const std::optional<base::Path> file = find_file(path);
  return file ? read_if_readable(*file) : std::nullopt;
}

std::vector<std::string> TargetRoot::list(const base::TargetPath& path) const {
  const std::optional<base::TargetPath> resolved = resolve(path);
  if (!resolved || !directory_exists(on_this_system(*resolved))) return {};
  return base::list_directory(on_this_system(*resolved));
}

base::Path TargetRoot::on_this_system(const base::TargetPath& resolved) const {
  return directory_ / base::Path(resolved.text()).relative_path();
}

}  // namespace ensure::venv
