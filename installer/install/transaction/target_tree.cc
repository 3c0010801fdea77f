#include "installer/install/transaction/target_tree.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::install {

namespace {

using base::Directory;
using base::Error;
using base::ExitCode;
using base::FileFailure;
using base::FileStatus;
using base::FileType;

constexpr int kMostLinks = 40;  // the kernel's own limit

/// The part of `path` below `directory`; empty if both are equal. `path` must be at or below it.
base::Path below(const base::Path& path, const base::Path& directory) {
  base::Path rest;
  for (auto it = std::next(path.begin(), std::distance(directory.begin(), directory.end()));
       it != path.end(); ++it) {
    rest /= *it;
  }
  return rest;
}

std::size_t depth_of(const base::Path& path) {
  return static_cast<std::size_t>(std::distance(path.begin(), path.end()));
}

base::Path above(base::Path path, std::size_t levels) {
  for (std::size_t i = 0; i < levels; ++i) path = path.parent_path();
  return path;
}

Error outside(const base::Path& path) {
  return Error(ExitCode::kFileSystem, "`" + path.text() + "` is outside of the target")
      .with_hint("nothing was changed; name the directory that it belongs to as the target");
}

Error leads_out(const base::Path& link, const base::Path& destination, const base::Path& bound) {
  return Error(ExitCode::kFileSystem, "`" + link.text() + "` is a link that leads out of `" +
                                          bound.text() + "`, to `" + destination.text() + "`")
      .with_hint("replace the link by a directory, or name the place it leads to as the target");
}

Error endless(const base::Path& link) {
  return Error(ExitCode::kFileSystem, "`" + link.text() + "` leads through too many links")
      .with_hint("replace the links by directories");
}

/// Follows a path below one directory. Keeps only the reached directory open.
class Walk {
 public:
  /// `path` and `named` are absolute paths of the start, by which absolute links may lead below it.
  Walk(const Directory& start, const base::Path& path, const base::Path& named, LinkScope scope)
      : start_(start),
        start_path_(path),
        named_(named),
        scope_(scope),
        current_(start.open_below({})) {}

  /// `path` with its links resolved. Components that do not exist stay unchanged.
  base::Path follow(const base::Path& path) {
    push(path);
    while (!rest_.empty()) {
      const base::Path component = std::move(rest_.front());
      rest_.pop_front();
      step(component);
    }
    return missing_.empty() ? reached_ : reached_ / missing_;
  }

 private:
  void push(const base::Path& path) {
    std::deque<base::Path> components;
    for (const base::Path& component : path) {
      if (!component.empty() && component != ".") components.push_back(component);
    }
    rest_.insert(rest_.begin(), components.begin(), components.end());
  }

  void go_to(base::Path reached) {
    reached_ = std::move(reached);
    current_ = start_.open_below(reached_);
  }

  void step(const base::Path& component) {
    if (component == "..") return go_up();
    if (!missing_.empty()) {
      missing_ /= component;
      return;
    }
    const std::optional<FileStatus> status = current_.link_status(component);
    if (status && status->type == FileType::kLink) return go_through(component);
    if (is_directory(status)) {
      current_ = current_.open_directory(component);
      reached_ /= component;
      return;
    }
    missing_ = component;  // missing, or a file: the caller reports that if it needs a directory
  }

  void go_up() {
    if (!missing_.empty() || (reached_.empty() && scope_ == LinkScope::kBeneath)) {
      throw leads_out(link_.empty() ? start_path_ / ".." : link_, destination_, start_path_);
    }
    if (!reached_.empty()) go_to(reached_.parent_path());
  }

  void go_through(const base::Path& component) {
    link_ = start_path_ / reached_ / component;
    if (++links_ > kMostLinks) throw endless(link_);
    const std::optional<base::Path> target = current_.read_link(component);
    if (!target) throw base::FileError("read the link", link_.text(), FileFailure::kMissing);
    destination_ = *target;
    if (!destination_.is_absolute()) return push(destination_);
    go_to({});
    if (scope_ == LinkScope::kInRoot) return push(destination_.relative_path());
    const base::Path normal = destination_.lexically_normal();
    for (const base::Path& spelling : {named_, start_path_}) {
      if (base::is_at_or_below(normal, spelling)) return push(below(normal, spelling));
    }
    throw leads_out(link_, destination_, start_path_);
  }

  const Directory& start_;
  const base::Path& start_path_;
  const base::Path& named_;
  LinkScope scope_;
  base::Path reached_;  ///< from the start, without links
  Directory current_;
  std::deque<base::Path> rest_;
  base::Path missing_;
  base::Path link_;         ///< the last link that was followed
  base::Path destination_;  ///< where it leads
  int links_ = 0;
};

}  // namespace

base::Path resolved_target(const base::Path& target) {
  const base::Path absolute = base::absolute_path(target);
  if (std::optional<base::Path> real = base::real_path(absolute)) return *std::move(real);
  const base::Path parent = absolute.parent_path();
  return parent == absolute ? absolute : resolved_target(parent) / absolute.filename();
}

TargetTree::TargetTree(const TargetBounds& bounds) : scope_(bounds.links) {
  for (const base::Path& bound : bounds.directories) {
    bounds_.push_back({base::absolute_path(bound), resolved_target(bound)});
  }
}

std::optional<std::size_t> TargetTree::bound_of(const base::Path& path) const {
  std::optional<std::size_t> found;
  std::size_t deepest = 0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    for (const base::Path& spelling : {bounds_[i].named, bounds_[i].resolved}) {
      if (!base::is_at_or_below(path, spelling) || depth_of(spelling) <= deepest) continue;
      found = i;
      deepest = depth_of(spelling);
    }
  }
  return found;
}

bool TargetTree::contains(const base::Path& path) const {
  return bound_of(path.lexically_normal()).has_value();
}

base::Path TargetTree::resolve_staging_path(const base::Path& path) {
  const bool is_beside = std::ranges::any_of(bounds_, [&](const Bound& bound) {
    return bound.resolved.parent_path() == path.parent_path();
  });
  return is_beside ? path : resolve_parents(path);
}

std::size_t TargetTree::anchor_above(std::size_t bound, std::size_t levels) {
  for (std::size_t i = 0; i < anchors_.size(); ++i) {
    if (anchors_[i].bound == bound && anchors_[i].levels == levels) return i;
  }
  if (bound >= bounds_.size() || levels >= depth_of(bounds_[bound].resolved)) {
    throw outside(bound < bounds_.size() ? bounds_[bound].resolved : base::Path("/"));
  }
  const base::Path path = above(bounds_[bound].resolved, levels);
  anchors_.push_back({bound, levels, Directory::open_resolved(path)});
  return anchors_.size() - 1;
}

std::size_t TargetTree::nearest_anchor(std::size_t bound) {
  std::size_t levels = 0;
  for (base::Path path = bounds_[bound].resolved; path.has_relative_path();
       path = path.parent_path(), ++levels) {
    const std::optional<FileStatus> status = base::link_status(path);
    if (!status) continue;
    if (status->type == FileType::kDirectory) break;
    throw base::FileError("open the directory", path.text(), FileFailure::kNotDirectory);
  }
  return anchor_above(bound, levels);
}

TargetEntry TargetTree::follow(const base::Path& path) {
  const base::Path directory = base::absolute_path(path);
  const auto known = resolved_.find(directory);
  if (known != resolved_.end()) return known->second;
  const std::optional<std::size_t> number = bound_of(directory);
  if (!number) throw outside(directory);
  const Bound& bound = bounds_[*number];
  const bool as_named = base::is_at_or_below(directory, bound.named);
  const base::Path rest = below(directory, as_named ? bound.named : bound.resolved);
  const std::size_t index = nearest_anchor(*number);
  const Anchor& start = anchor(index);
  TargetEntry entry{index, {}};
  if (start.levels == 0) {
    entry.relative = Walk(start.directory, bound.resolved, bound.named, scope_).follow(rest);
  } else {
    entry.relative = below(bound.resolved, above(bound.resolved, start.levels)) / rest;
  }
  if (!entry.relative.empty() && !entry.relative.has_filename()) {
    entry.relative = entry.relative.parent_path();
  }
  resolved_.emplace(directory, entry);
  return entry;
}

TargetEntry TargetTree::locate(const base::Path& path) {
  const base::Path normal = base::absolute_path(path);
  const std::optional<std::size_t> number = bound_of(normal);
  if (!number) throw outside(normal);
  const Bound& bound = bounds_[*number];
  if (normal != bound.named && normal != bound.resolved) {
    TargetEntry entry = follow(normal.parent_path());
    entry.relative /= normal.filename();
    return entry;
  }
  // A bound itself is an entry of an anchor above it.
  std::size_t index = nearest_anchor(*number);
  if (anchor(index).levels == 0) index = anchor_above(*number, 1);
  return {index, below(bound.resolved, above(bound.resolved, anchor(index).levels))};
}

base::Path TargetTree::path_of(const TargetEntry& entry) const {
  const Anchor& start = anchor(entry.anchor);
  const base::Path directory = above(bounds_[start.bound].resolved, start.levels);
  return entry.relative.empty() ? directory : directory / entry.relative;
}

std::optional<FileStatus> TargetTree::link_status(const TargetEntry& entry) const {
  try {
    return open(entry).status();
  } catch (const base::FileError& error) {
    const FileFailure failure = error.failure();
    if (failure != FileFailure::kMissing && failure != FileFailure::kNotDirectory) throw;
    return std::nullopt;
  }
}

OpenEntry TargetTree::open(const TargetEntry& entry) const {
  return {anchor(entry.anchor).directory.open_below(entry.relative.parent_path()),
          entry.relative.filename()};
}

TargetTree::Nearest TargetTree::open_nearest(TargetEntry directory) const {
  const Directory& start = anchor(directory.anchor).directory;
  while (true) {
    try {
      Directory opened = start.open_below(directory.relative);
      return {std::move(directory), std::move(opened)};
    } catch (const base::FileError& error) {
      if (directory.relative.empty() || error.failure() != FileFailure::kMissing) throw;
      directory.relative = directory.relative.parent_path();
    }
  }
}

bool TargetTree::allows(const TargetEntry& entry, bool is_parent_directory) const {
  if (entry.anchor >= anchors_.size()) return false;
  const Anchor& start = anchor(entry.anchor);
  const base::Path& bound = bounds_[start.bound].resolved;
  const base::Path way = below(bound, above(bound, start.levels));
  return base::is_at_or_below(entry.relative, way) ||
         (is_parent_directory && base::is_at_or_below(way, entry.relative));
}

}  // namespace ensure::install
