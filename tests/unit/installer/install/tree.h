#pragma once

#include <map>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "tests/support/file_system.h"

namespace ensure::install {

/// Everything below a directory: relative path to what is there. Two trees are equal when users
/// cannot tell them apart by names, kinds, modes and contents.
using Tree = std::map<std::string, std::string>;

inline Tree read_tree(const fs::path& root) {
  Tree tree;
  const fs::file_status status = fs::symlink_status(root);
  if (status.type() == fs::file_type::not_found) return tree;
  const auto mode = std::to_string(static_cast<unsigned int>(status.permissions()));
  if (status.type() == fs::file_type::symlink) {
    tree[""] = "link " + fs::read_symlink(root).text();
  } else if (status.type() == fs::file_type::directory) {
    tree[""] = "directory " + mode;
    for (const std::string& name : base::list_directory(root)) {
      for (const auto& [path, what] : read_tree(root / name)) {
        tree[path.empty() ? name : name + "/" + path] = what;
      }
    }
  } else {
    tree[""] = "file " + mode + " " + base::read_file(root);
  }
  return tree;
}

/// The part of a tree below one of its entries.
inline Tree subtree(const Tree& tree, const std::string& entry) {
  Tree part;
  for (const auto& [path, what] : tree) {
    if (path == entry) part[""] = what;
    if (path.starts_with(entry + "/")) part[path.substr(entry.size() + 1)] = what;
  }
  return part;
}

/// Creates a file and the directories above it.
inline void put(const fs::path& path, const std::string& content) {
  base::make_directories(path.parent_path());
  base::File::open_for_output(path).write(content);
}

}  // namespace ensure::install
